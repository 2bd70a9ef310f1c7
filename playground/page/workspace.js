/** What the page knows of the workspace for one user, and how each event of the server changes it. */

/** @typedef {{id: string, name: string, topic?: string, purpose?: string, is_archived?: boolean, members: string[], pins: string[], messages: Map<string, any>}} Channel */

/** @param {{id: string}[]} list @returns {Map<string, any>} */
const byId = (list) => new Map((list ?? []).map((item) => [item.id, item]));

const SLACKBOT = { id: "USLACKBOT", name: "slackbot", real_name: "Slackbot", title: "", color: "64748b", is_bot: true };

export class Workspace {
  /** @param {any} state the answer of `/page/state` */
  constructor(state) {
    /** @type {string} */
    this.me = typeof state.me === "string" ? state.me : state.me.id;
    this.team = state.team;
    this.users = byId(state.users);
    if (!this.users.has(SLACKBOT.id)) this.users.set(SLACKBOT.id, SLACKBOT);
    /** @type {Map<string, Channel>} */
    this.channels = new Map(state.channels.map((/** @type {any} */ c) => [c.id, withMessages(c)]));
    this.commands = state.commands ?? [];
    this.shortcuts = state.shortcuts ?? [];
    this.faults = state.faults ?? [];
    this.groups = byId(state.groups);
    /** @type {any} */
    this.home = state.home ?? null;
    /** @type {any[]} the open modals, the topmost last */
    this.views = state.views ?? [];
    /** @type {Record<string, Record<string, string>>} */
    this.viewErrors = {};
    this.notices = 0;
  }

  /** Takes in an event; returns the names of what changed. @param {any} event @param {Date} now @returns {string[]} */
  apply(event, now) {
    const handler = HANDLERS[event.type];
    return handler ? handler(this, event, now) : [];
  }

  /** All that mentions are drawn from, as text. */
  namesPrint() {
    const users = [...this.users.values()].map((u) => [u.id, u.real_name, u.name, u.color]);
    const channels = [...this.channels.values()].map((c) => [c.id, c.name]);
    return JSON.stringify([users, channels, [...this.groups.values()], this.me]);
  }

  /** Takes over what a fresh state does not tell: errors in forms and the page's own notices. @param {Workspace} before */
  keepNotices(before) {
    Object.assign(this, { viewErrors: before.viewErrors, notices: before.notices });
    for (const [id, channel] of before.channels) {
      for (const message of channel.messages.values()) if (message.is_notice) this.channels.get(id)?.messages.set(message.ts, message);
    }
  }

  /** Messages of a channel that are not replies, oldest first. @param {string} channel */
  timeline(channel) {
    return this.sorted(channel).filter((m) => !isReply(m) || m.subtype === "thread_broadcast");
  }

  /** A thread's first message and its replies. @param {string} channel @param {string} ts */
  thread(channel, ts) {
    const all = this.sorted(channel);
    return { root: this.channels.get(channel)?.messages.get(ts), replies: all.filter((m) => m.thread_ts === ts && m.ts !== ts) };
  }

  /** @param {string} channel @returns {any[]} */
  sorted(channel) {
    const messages = [...(this.channels.get(channel)?.messages.values() ?? [])];
    return messages.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
  }

  /** Who wrote a message: the person, or the app under the name it gave itself. @param {any} message */
  author(message) {
    const user = this.users.get(message.user) ?? [...this.users.values()].find((u) => u.is_bot && message.bot_id && u.id !== SLACKBOT.id);
    return { ...user, id: user?.id ?? message.user ?? "", is_bot: Boolean(message.bot_id || user?.is_bot), name: message.username || user?.real_name || user?.name || "Unknown" };
  }

  /** The bot whose home and mentions the page offers. */
  app() {
    return [...this.users.values()].find((user) => user.is_bot && user.id !== SLACKBOT.id) ?? null;
  }
}

/** What a channel is called: a direct message by the other people in it. @param {Workspace} workspace @param {any} channel @returns {string} */
export function channelTitle(workspace, channel) {
  if (!channel.is_im) return channel.name;
  const others = channel.members.filter((/** @type {string} */ id) => id !== workspace.me).map((/** @type {string} */ id) => workspace.users.get(id));
  return others.map((/** @type {any} */ u) => u?.real_name || u?.name || "someone").join(", ");
}

/** @param {any} message */
export const isReply = (message) => Boolean(message.thread_ts && message.thread_ts !== message.ts);

/** @param {any} channel @returns {Channel} */
function withMessages(channel) {
  const messages = new Map((channel.messages ?? []).map((/** @type {any} */ m) => [m.ts, m]));
  return { ...channel, members: channel.members ?? [], pins: channel.pins ?? [], messages };
}

/** @type {Record<string, (w: Workspace, event: any, now: Date) => string[]>} */
const HANDLERS = {
  message(w, { channel, message }) {
    const messages = w.channels.get(channel)?.messages;
    if (!messages) return [];
    messages.set(message.ts, message);
    if (isReply(message)) countReply(messages, message);
    return ["messages", "sidebar"];
  },
  message_deleted(w, { channel, ts }) {
    w.channels.get(channel)?.messages.delete(ts);
    return ["messages", "sidebar"];
  },
  channel(w, { channel }) {
    const old = w.channels.get(channel.id);
    w.channels.set(channel.id, { ...withMessages({ ...old, ...channel, messages: [] }), messages: old?.messages ?? new Map() });
    return ["sidebar", "header", "messages"];
  },
  view_opened(w, { view }) {
    w.views.push(view);
    return ["views"];
  },
  view_updated(w, { view }) {
    const at = w.views.findIndex((open) => open.id === view.id);
    if (at >= 0) w.views[at] = view;
    else w.views.push(view);
    delete w.viewErrors[view.id];
    return ["views"];
  },
  view_closed(w, { view_id: id }) {
    w.views = w.views.filter((view) => view.id !== id);
    delete w.viewErrors[id];
    return ["views"];
  },
  view_errors(w, { view_id: id, errors }) {
    w.viewErrors[id] = errors;
    return ["views"];
  },
  home(w, { view }) {
    w.home = view;
    return ["home"];
  },
  command_failed(w, { channel, text }, now) {
    w.notices += 1;
    const ts = `${(now.getTime() / 1000).toFixed(3)}${String(w.notices).padStart(3, "0")}`;
    const notice = { ts, channel, text, user: SLACKBOT.id, ephemeral: true, is_notice: true };
    w.channels.get(channel)?.messages.set(ts, notice);
    return ["messages"];
  },
  faults(w, { faults }) {
    w.faults = faults;
    return ["faults"];
  },
  users(w, { users }) {
    for (const user of users) w.users.set(user.id, user);
    return ["topbar", "messages", "sidebar", "header"];
  },
};

/** Keeps a root's count right when only the reply was announced. @param {Map<string, any>} messages @param {any} reply */
function countReply(messages, reply) {
  const root = messages.get(reply.thread_ts);
  if (!root || reply.ephemeral) return;
  const replies = [...messages.values()].filter((m) => m.thread_ts === root.ts && m.ts !== root.ts && !m.ephemeral);
  const users = [...new Set(replies.map((m) => m.user))];
  const count = Math.max(root.reply_count ?? 0, replies.length);
  messages.set(root.ts, { ...root, reply_count: count, reply_users: users, latest_reply: reply.ts > (root.latest_reply ?? "") ? reply.ts : root.latest_reply });
}
