/** Talks to the local Slack: requests by HTTP, events by a socket that comes back by itself. */

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** @param {string} path @param {any} body @returns {Promise<{ok: boolean, error?: string}>} */
export async function post(path, body) {
  try {
    const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const answer = await response.json().catch(() => null);
    if (answer && typeof answer === "object" && "ok" in answer) return answer;
    return response.ok ? { ok: true, ...answer } : { ok: false, error: `The local Slack answered ${response.status}.` };
  } catch {
    return { ok: false, error: "The local Slack cannot be reached. Nothing was sent; it is still in the box." };
  }
}

/** The state as one user sees it; null when the server does not know that user. @param {string} user */
export async function loadState(user) {
  const response = await fetch(`/page/state?user=${encodeURIComponent(user)}`);
  return response.ok ? response.json() : null;
}

/** Events for one user; `onState` hears `live`, `lost` and, after a loss, `back`. */
export class Events {
  /** @param {string} user @param {(event: any) => void} onEvent @param {(state: "live"|"lost"|"back") => void} onState */
  constructor(user, onEvent, onState) {
    this.user = user;
    this.onEvent = onEvent;
    this.onState = onState;
    this.wait = FIRST_WAIT_MS;
    this.wasLost = false;
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
    this.onState(this.wasLost ? "back" : "live");
    this.wasLost = false;
  }

  lost() {
    if (this.stopped) return;
    this.wasLost = true;
    this.onState("lost");
    setTimeout(() => !this.stopped && this.open(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  stop() {
    this.stopped = true;
    this.socket?.close();
  }
}
