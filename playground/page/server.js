/** Talks to the local Slack: requests by HTTP, events by a socket that comes back by itself. */

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** @param {string} path @param {any} body @returns {Promise<{ok: boolean, error?: string}>} */
export async function post(path, body) {
  try {
    const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const answer = await response.json().catch(() => null);
    if (answer && typeof answer === "object" && "ok" in answer) return { ...answer, error: said(answer.error) };
    return response.ok ? { ok: true, ...answer } : { ok: false, error: `The local Slack answered ${response.status}.` };
  } catch {
    return { ok: false, error: "The local Slack cannot be reached. Nothing was sent." };
  }
}

/** The state as one user sees it; null when the server is away or does not know that user. @param {string} user */
export async function loadState(user) {
  try {
    const response = await fetch(`/page/state?user=${encodeURIComponent(user)}`);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** What Slack's error codes mean to the person who typed. @type {Record<string, string>} */
const SAID = {
  not_in_channel: "You are not in this channel. Ask someone in it to invite you.",
  is_archived: "This channel is archived. Nothing more can be said here.",
  channel_not_found: "This channel is gone.",
  thread_not_found: "This thread is gone.",
  message_not_found: "This message is gone.",
  no_such_action: "This button is no longer on the message.",
  operation_timeout: "The app did not answer within three seconds. It may or may not have taken this; look before you repeat it.",
  dispatch_failed: "The app cannot be reached. Nothing was done.",
};

/** @param {string|undefined} error @returns {string|undefined} */
export const said = (error) => (error && SAID[error]) ?? error;

/** Events for one user; `onState` hears `live` at every opening, and `lost`. */
export class Events {
  /** @param {string} user @param {(event: any) => void} onEvent @param {(state: "live"|"lost") => void} onState */
  constructor(user, onEvent, onState) {
    this.user = user;
    this.onEvent = onEvent;
    this.onState = onState;
    this.wait = FIRST_WAIT_MS;
    this.stopped = false;
    /** @type {WebSocket|null} */
    this.socket = null;
    this.open();
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/page/ws?user=${encodeURIComponent(this.user)}`);
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (event) => !this.stopped && this.onEvent(JSON.parse(event.data));
    socket.onclose = () => this.lost();
  }

  opened() {
    if (this.stopped) return;
    this.wait = FIRST_WAIT_MS;
    this.onState("live");
  }

  lost() {
    if (this.stopped) return;
    this.onState("lost");
    setTimeout(() => !this.stopped && this.open(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  stop() {
    this.stopped = true;
    this.socket?.close();
  }
}
