/** The regions of the page, and which of them to draw again after a change. */

import { fill, h, icon } from "./dom.js";
import { Aside } from "./panes/aside.js";
import { Composer } from "./panes/composer.js";
import { drawHeader } from "./panes/header.js";
import { drawHome } from "./panes/home.js";
import { Modal } from "./panes/modal.js";
import { drawSidebar } from "./panes/sidebar.js";
import { Timeline } from "./panes/timeline.js";
import { drawTopbar } from "./panes/topbar.js";
import { formatDate } from "./text/dates.js";
import { plain } from "./text/mrkdwn.js";
import { channelTitle } from "./workspace.js";

const ANNOUNCE_AFTER_MS = 1_500;

/** @param {string} id @returns {HTMLElement} */
const region = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class Screen {
  /** @param {import("./app.js").App} app */
  constructor(app) {
    this.app = app;
    this.composer = new Composer(app);
    this.timeline = new Timeline(app, region("messages"));
    this.aside = new Aside(app, region("aside"));
    this.modal = new Modal(app);
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.telling = undefined;
    /** @type {Map<string, string>} */
    this.drafts = new Map();
    region("composer-place").append(this.composer.element);
    region("shade").addEventListener("click", () => app.toggleDrawer(false));
    region("jump").addEventListener("click", () => this.toEnd(false));
    region("messages").addEventListener("scroll", () => this.scrolled());
    document.addEventListener("keydown", (event) => this.escape(event));
    document.addEventListener("visibilitychange", () => this.markRead());
  }

  /** Draws everything. @param {boolean} isSame whether it is still the same user */
  all(isSame) {
    if (!isSame) this.timeline.reset();
    this.draw(["topbar", "sidebar", "header", "messages", "aside", "home", "views"]);
    this.nameComposer();
    document.body.classList.remove("loading");
  }

  /** @param {string[]} what */
  draw(what) {
    if (!this.app.workspace) return;
    const wants = new Set(what);
    region("home").hidden = this.app.main !== "home";
    region("conversation").hidden = this.app.main === "home";
    if (wants.has("messages")) this.drawMessages();
    if (wants.has("messages") || wants.has("aside") || (wants.has("header") && this.app.aside.kind === "members") || (wants.has("faults") && this.app.aside.kind === "guide")) this.aside.draw();
    if (wants.has("sidebar")) drawSidebar(this.app, region("sidebar"));
    if (wants.has("header")) drawHeader(this.app, region("header"));
    if (wants.has("topbar") || wants.has("faults")) drawTopbar(this.app, region("topbar"));
    if (wants.has("home") && this.app.main === "home") drawHome(this.app, region("home"));
    if (wants.has("views")) this.modal.draw();
  }

  drawMessages() {
    const { app } = this;
    const messages = app.workspace.timeline(app.channelId).filter((m) => !app.dismissed.has(m.ts));
    const wasAtEnd = this.timeline.show(messages, [this.intro()]);
    region("jump").hidden = wasAtEnd;
    this.markRead();
  }

  intro() {
    const channel = this.app.channel();
    const name = channel ? channelTitle(this.app.workspace, channel) : "";
    return h("div", { class: "channel-intro" }, h("h2", {}, !channel?.is_im && icon("hash"), name), h("p", { class: "quiet" }, channel?.purpose || `This is the very beginning of ${name}.`));
  }

  markRead() {
    const { app } = this;
    if (!app.workspace || document.hidden || app.main !== "channel") return;
    const newest = app.workspace.sorted(app.channelId).at(-1);
    if (newest) app.readMarks.set(app.channelId, newest.ts);
  }

  leaveChannel() {
    this.drafts.set(this.app.channelId, this.composer.text);
  }

  enterChannel() {
    this.timeline.reset();
    this.composer.setText(this.drafts.get(this.app.channelId) ?? "");
    this.nameComposer();
    this.draw(["messages", "header", "aside", "topbar", "sidebar"]);
    this.timeline.toEnd();
    if (matchMedia("(pointer: fine)").matches) this.composer.input.focus();
  }

  nameComposer() {
    const channel = this.app.channel();
    const title = channel ? channelTitle(this.app.workspace, channel) : "";
    this.composer.setLabel(`Message ${channel?.is_im ? "" : "#"}${title}`);
  }

  focusThread() {
    if (matchMedia("(pointer: fine)").matches) this.aside.composer.input.focus();
  }

  scrolled() {
    if (this.timeline.isAtEnd()) region("jump").hidden = true;
  }

  /** @param {boolean} threaded */
  toEnd(threaded) {
    const timeline = threaded ? this.aside.thread : this.timeline;
    timeline?.toEnd();
  }

  /** Escape closes the drawer or the panel, when nothing else wanted it. @param {KeyboardEvent} event */
  escape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (document.body.classList.contains("drawer-open")) this.app.toggleDrawer(false);
    else if (this.app.aside.kind !== "none" && region("aside").contains(document.activeElement)) this.app.closeAside();
  }

  /** Tells a screen reader of an edit; of many in a row only the last. @param {string} text */
  announce(text) {
    clearTimeout(this.telling);
    this.telling = setTimeout(() => fill(region("announcer"), plain(text)), ANNOUNCE_AFTER_MS);
  }

  /** Refreshes texts such as “3 minutes ago”. */
  tick() {
    for (const node of document.querySelectorAll('time[data-date*="{"]')) {
      const [seconds, format] = /** @type {HTMLElement} */ (node).dataset.date?.split("^") ?? [];
      const text = formatDate(Number(seconds), format ?? "", this.app.now());
      if (text !== null && text !== node.textContent) node.textContent = text;
    }
  }

  /** Says why there is nothing to show yet. @param {string} text */
  explain(text) {
    document.body.classList.remove("loading");
    fill(region("header"), h("p", { class: "empty", role: "alert" }, text));
  }
}
