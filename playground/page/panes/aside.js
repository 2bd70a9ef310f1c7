/** The panel on the right: a thread, the pins, the members, or the playground's guide and faults. */

import { fill, h, icon } from "../dom.js";
import { Composer } from "./composer.js";
import { drawGuide } from "./guide.js";
import { avatar, renderMessage } from "./message.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("../app.js").App} App */

const TITLES = { thread: "Thread", pins: "Pinned messages", members: "Members", guide: "Playground", none: "" };

export class Aside {
  /** @param {App} app @param {HTMLElement} box */
  constructor(app, box) {
    this.app = app;
    this.box = box;
    this.shown = "";
    /** @type {Timeline|null} */
    this.thread = null;
    /** @type {Map<string, string>} */
    this.drafts = new Map();
    this.composer = new Composer(app, "thread");
    this.composer.setLabel("Reply…");
    this.composer.input.addEventListener("input", () => this.drafts.set(this.shown, this.composer.text));
  }

  draw() {
    const { kind, ts } = this.app.aside;
    const key = `${this.app.workspace.me} ${this.app.channelId} ${kind} ${ts ?? ""}`;
    this.box.hidden = kind === "none";
    document.body.classList.toggle("has-aside", kind !== "none");
    if (kind === "none") return void (this.shown = "");
    if (key !== this.shown) this.frame(kind, key);
    this.body(kind, ts);
  }

  /** @param {keyof typeof TITLES} kind @param {string} key */
  frame(kind, key) {
    this.shown = key;
    const title = TITLES[kind];
    this.scroll = h("div", { class: "aside-body" });
    const close = h("button", { type: "button", class: "icon-button", "aria-label": `Close ${title.toLowerCase()}`, "data-testid": "aside-close", on: { click: () => this.app.closeAside() } }, icon("close"));
    this.box.setAttribute("data-testid", `${kind}-panel`);
    this.box.setAttribute("aria-label", title);
    const place = kind === "thread" || kind === "pins" ? h("small", {}, `#${this.app.channel()?.name ?? ""}`) : null;
    fill(this.box, h("header", { class: "aside-head" }, h("h2", {}, title, place), close), this.scroll, kind === "thread" && this.composer.element);
    this.thread = kind === "thread" ? new Timeline(this.app, this.scroll, true) : null;
    if (kind === "thread") this.composer.setText(this.drafts.get(key) ?? "");
  }

  /** @param {keyof typeof TITLES} kind @param {string} [ts] */
  body(kind, ts) {
    if (kind === "thread") return this.drawThread(ts ?? "");
    if (kind === "pins") return fill(this.scroll, this.pins());
    if (kind === "members") return fill(this.scroll, this.members());
    return drawGuide(this.app, this.scroll);
  }

  /** @param {string} ts */
  drawThread(ts) {
    const { root, replies } = this.app.workspace.thread(this.app.channelId, ts);
    this.thread?.show([...(root ? [root] : []), ...replies]);
  }

  pins() {
    const { channelId, workspace } = this.app;
    const messages = (this.app.channel()?.pins ?? []).map((ts) => workspace.channels.get(channelId)?.messages.get(ts)).filter(Boolean);
    if (!messages.length) return h("p", { class: "empty" }, "Nothing is pinned here.");
    return messages.map((message) => h("div", { class: "pin-card" }, renderMessage(this.app, message, { inThread: true })));
  }

  members() {
    const users = (this.app.channel()?.members ?? []).map((id) => this.app.workspace.users.get(id)).filter(Boolean);
    return h("ul", { class: "member-list" }, users.map((u) =>
      h("li", {}, avatar(u), h("div", {}, h("strong", {}, u.real_name || u.name), u.id === this.app.workspace.me && " (you)", h("small", {}, u.is_bot ? "App" : u.title || `@${u.name}`)))));
  }
}
