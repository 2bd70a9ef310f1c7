/** A list of messages that redraws only what changed, keeps focus and scroll, and announces what is new. */

import { h } from "../dom.js";
import { dayHeading } from "../text/dates.js";
import { renderMessage } from "./message.js";

const GROUP_S = 300;
const NEAR_END_PX = 80;

/** @typedef {import("../app.js").App} App */

export class Timeline {
  /** @param {App} app @param {HTMLElement} box the element that scrolls @param {boolean} inThread */
  constructor(app, box, inThread = false) {
    this.app = app;
    this.box = box;
    this.inThread = inThread;
    /** @type {Map<string, {print: string, spoken?: string, node: any}>} what is drawn, by key */
    this.drawn = new Map();
    this.list = h("div", { class: "message-list", role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": inThread ? "Thread" : "Messages", tabindex: "0" });
    box.append(this.list);
    this.sticks = true;
    box.addEventListener("scroll", () => (this.sticks = this.isAtEnd()));
    const observer = new ResizeObserver(() => this.sticks && this.toEnd());
    observer.observe(box);
    observer.observe(this.list);
  }

  isAtEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_END_PX;
  }

  /** Starts over, for another channel or user. */
  reset() {
    this.drawn.clear();
    this.list.replaceChildren();
  }

  /** @param {any[]} messages oldest first @param {any[]} [intro] nodes before the first message */
  show(messages, intro = []) {
    const atEnd = this.sticks || this.drawn.size === 0;
    const focus = focusPath(this.list);
    const rows = this.rows(messages);
    const keep = new Set(rows.map((row) => row.key));
    for (const [key, { node }] of this.drawn) if (!keep.has(key)) (node.remove(), this.drawn.delete(key));
    if (intro.length && !this.list.querySelector(".channel-intro")) this.list.prepend(...intro);
    let before = intro.length ? this.list.querySelector(".channel-intro") : null;
    for (const row of rows) before = this.place(row, before);
    restoreFocus(this.list, focus);
    if (atEnd) this.toEnd();
    return atEnd;
  }

  toEnd() {
    this.sticks = true;
    this.box.scrollTop = this.box.scrollHeight;
  }

  /** @param {{key: string, print: string, spoken?: string, build: () => any}} row @param {any} before */
  place(row, before) {
    const old = this.drawn.get(row.key);
    const node = old?.print === row.print ? old.node : row.build();
    if (old && old.node !== node) {
      node.setAttribute("aria-live", "off");
      old.node.replaceWith(node);
      if (row.spoken && row.spoken !== old.spoken) this.app.screen.announce(row.spoken);
    }
    const expected = before ? before.nextSibling : this.list.firstChild;
    if (expected !== node) this.list.insertBefore(node, expected);
    this.drawn.set(row.key, { print: row.print, spoken: row.spoken, node });
    return node;
  }

  /** @param {any[]} messages */
  rows(messages) {
    const rows = [];
    let previous = null;
    let day = "";
    for (const message of messages) {
      const heading = dayHeading(Number(message.ts), this.app.now());
      if (heading !== day && !this.inThread) {
        rows.push({ key: `day ${heading}`, print: heading, build: () => h("div", { class: "day", role: "separator" }, h("span", {}, heading)) });
        previous = null;
      }
      day = heading;
      if (this.inThread && message === messages[1]) {
        rows.push(this.countRow(messages.length - 1));
        previous = null;
      }
      const place = { grouped: follows(previous, message), inThread: this.inThread, pinned: this.app.isPinned(message) };
      rows.push({ key: message.ts, print: this.print(message, place), spoken: message.edited && message.text, build: () => renderMessage(this.app, message, place) });
      previous = place.pinned || message.ephemeral ? null : message;
    }
    return rows;
  }

  /** The line between a thread's first message and its replies. @param {number} count */
  countRow(count) {
    const text = `${count} ${count === 1 ? "reply" : "replies"}`;
    return { key: "count", print: text, build: () => h("div", { class: "reply-count", role: "separator" }, h("span", {}, text)) };
  }

  /** All that a message's drawing depends on, as text. @param {any} message @param {any} place */
  print(message, place) {
    const form = this.app.formOf({ channel: message.channel ?? this.app.channelId, message_ts: message.ts });
    return JSON.stringify([message, place, [...form.pending], form.failure, this.app.namesVersion]);
  }
}

/** Whether a message continues the one before it. @param {any} previous @param {any} message */
function follows(previous, message) {
  if (message.blocks?.length || message.attachments?.length) return false;
  return Boolean(previous) && !message.ephemeral && previous.user === message.user && previous.username === message.username && Number(message.ts) - Number(previous.ts) < GROUP_S && !previous.reply_count;
}

/** Where the focus is, so that a redrawn message can take it back. @param {HTMLElement} list */
function focusPath(list) {
  const active = /** @type {any} */ (document.activeElement);
  if (!active || !list.contains(active)) return null;
  const owner = active.closest("[data-ts]");
  return owner && { node: active, ts: owner.dataset.ts, action: active.dataset.actionId, value: active.dataset.value };
}

/** @param {HTMLElement} list @param {any} path */
function restoreFocus(list, path) {
  if (!path || list.contains(path.node)) return;
  const message = list.querySelector(`[data-ts="${CSS.escape(path.ts)}"]`);
  const twins = [...(message?.querySelectorAll("[data-action-id]") ?? [])].map((n) => /** @type {any} */ (n));
  const twin = twins.find((n) => n.dataset.actionId === path.action && n.dataset.value === path.value);
  (twin ?? list).focus({ preventScroll: true });
}
