/** The box one types in: completes as you type, sends with Enter, and keeps the text until it was taken. */

import { fill, h, icon, uniqueId } from "../dom.js";
import { commandOf, suggestions } from "./complete.js";

/** @typedef {import("../app.js").App} App */

export class Composer {
  /** @param {App} app @param {string|null} prefix of the test ids; a thread's box has one */
  constructor(app, prefix = null) {
    this.app = app;
    this.threaded = prefix !== null;
    this.options = /** @type {import("./complete.js").Suggestion[]} */ ([]);
    this.at = 0;
    this.sending = false;
    this.sent = /** @type {string[]} */ ([]);
    this.recalled = -1;
    const id = (/** @type {string} */ name) => (prefix ? `${prefix}-${name}` : name);
    this.listId = uniqueId("suggestions");
    this.input = h("textarea", {
      rows: 1, "data-testid": id("composer"), "aria-autocomplete": "list", "aria-controls": this.listId,
      autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "send",
      on: { input: () => this.typed(), keydown: (/** @type {any} */ e) => this.key(e), click: () => this.suggest(), blur: () => this.hide() },
    });
    this.list = h("div", { class: "suggestions", id: this.listId, role: "listbox", "aria-label": "Suggestions", hidden: true });
    this.usage = h("div", { class: "usage", hidden: true });
    this.problem = h("div", { class: "problem", role: "alert", hidden: true, "data-testid": id("composer-error") });
    this.button = h("button", { type: "button", class: "send", "aria-label": "Send", title: "Send (Enter)", "data-testid": id("send"), on: { click: () => this.send() } }, icon("send"));
    this.element = h("div", { class: "composer" }, this.list, this.usage, this.problem,
      h("div", { class: "composer-box" }, this.input, this.button),
      h("div", { class: "composer-note" }, h("span", {}, h("kbd", {}, "Enter"), " to send"), h("span", {}, h("kbd", {}, "Shift"), " ", h("kbd", {}, "Enter"), " for a new line"), h("span", {}, h("kbd", {}, "/"), " for commands")));
    this.typed();
  }

  /** @param {string} label what the box says while it is empty */
  setLabel(label) {
    this.input.placeholder = label;
    this.input.setAttribute("aria-label", label);
  }

  get text() {
    return this.input.value;
  }

  /** @param {string} text */
  setText(text) {
    this.input.value = text;
    this.input.setSelectionRange(text.length, text.length);
    this.typed();
  }

  /** Puts a text in the box and the caret behind it. @param {string} text */
  offer(text) {
    this.setText(text);
    this.input.focus();
    this.hide();
  }

  typed() {
    this.grow();
    this.button.disabled = this.sending || !this.input.value.trim();
    this.setProblem("");
    this.suggest();
  }

  grow() {
    this.input.style.height = "auto";
    if (this.input.scrollHeight) this.input.style.height = `${Math.min(this.input.scrollHeight, 240)}px`;
  }

  suggest() {
    if (!this.app.workspace) return;
    this.options = this.sending ? [] : suggestions(this.text, this.input.selectionStart, this.app.workspace);
    this.at = 0;
    this.drawOptions();
    const command = this.options.length ? null : commandOf(this.text, this.app.workspace);
    this.usage.hidden = !command;
    if (command) fill(this.usage, h("b", {}, command.command), " ", h("span", {}, command.usage_hint ?? ""), h("small", {}, command.description));
  }

  drawOptions() {
    const open = this.options.length > 0;
    this.list.hidden = !open;
    fill(this.list, this.options.map((option, index) => this.row(option, index)));
    const current = this.list.children[this.at];
    current?.scrollIntoView({ block: "nearest" });
    if (current) this.input.setAttribute("aria-activedescendant", current.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {any} option @param {number} index */
  row(option, index) {
    const pick = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.pick(index);
    };
    return h("div", { class: "suggestion", role: "option", id: `${this.listId}-${index}`, "aria-selected": String(index === this.at), "data-key": option.key, on: { mousedown: pick } },
      h("div", { class: "suggestion-line" }, h("b", {}, option.title), option.hint && h("span", { class: "suggestion-hint" }, option.hint), option.tag && h("span", { class: "suggestion-tag" }, option.tag)),
      option.detail && h("div", { class: "suggestion-detail" }, option.detail));
  }

  hide() {
    this.options = [];
    this.drawOptions();
  }

  /** @param {number} index */
  pick(index) {
    const { from, to, insert } = this.options[index];
    const rest = this.text.slice(to);
    this.input.value = this.text.slice(0, from) + insert + rest.replace(/^ /, "");
    this.input.setSelectionRange(from + insert.length, from + insert.length);
    this.typed();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.isComposing) return;
    if (this.options.length && this.keyInList(event)) return event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") this.recall(event);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the open list used the key */
  keyInList(event) {
    const count = this.options.length;
    if (event.key === "ArrowDown") this.at = (this.at + 1) % count;
    else if (event.key === "ArrowUp") this.at = (this.at + count - 1) % count;
    else if (event.key === "Escape") this.options = [];
    else if (event.key === "Tab" && !event.shiftKey) return (this.pick(this.at), true);
    else if (event.key === "Enter" && !event.shiftKey) return !this.isComplete() && (this.pick(this.at), true);
    else return false;
    this.drawOptions();
    return true;
  }

  /** A command typed to its last letter is sent by Enter instead of being completed. */
  isComplete() {
    return this.at === 0 && this.options[0].title === this.text.trim();
  }

  /** @param {KeyboardEvent} event */
  recall(event) {
    const untouched = this.text === "" || this.text === this.sent[this.recalled];
    const next = this.recalled + (event.key === "ArrowUp" ? 1 : -1);
    if (!untouched || next < -1 || next >= this.sent.length || (this.recalled < 0 && event.key === "ArrowDown")) return;
    event.preventDefault();
    this.recalled = next;
    this.setText(next < 0 ? "" : this.sent[next]);
    this.hide();
  }

  async send() {
    const text = this.text;
    if (this.sending || !text.trim()) return;
    this.setSending(true);
    this.hide();
    const answer = await this.app.sendText(text, this.threaded);
    this.setSending(false);
    if (answer.ok) this.taken(text);
    else this.setProblem(answer.error || "That was not sent.");
  }

  /** @param {string} text */
  taken(text) {
    if (this.sent[0] !== text) this.sent = [text, ...this.sent].slice(0, 50);
    this.recalled = -1;
    this.setText("");
  }

  /** @param {boolean} on */
  setSending(on) {
    this.sending = on;
    this.input.readOnly = on;
    this.button.disabled = on || !this.text.trim();
    this.element.classList.toggle("is-sending", on);
  }

  /** @param {string} text */
  setProblem(text) {
    this.problem.hidden = !text;
    fill(this.problem, text && [icon("warn"), h("span", {}, text)]);
  }
}
