/** Modals: one dialog that shows the topmost view, keeps what was typed and says what is wrong. */

import { renderBlocks } from "../blocks/blocks.js";
import { fault } from "../blocks/fields.js";
import { fill, h, icon } from "../dom.js";
import { plain } from "../text/mrkdwn.js";

/** @typedef {import("../app.js").App} App */

export class Modal {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {any} */
    this.dialog = null;
    /** @type {any} */
    this.view = null;
    this.busy = false;
    this.failure = "";
  }

  draw() {
    const view = this.app.workspace.views.at(-1) ?? null;
    if (!view) return this.shut();
    if (!this.dialog) this.open();
    const isNew = this.view?.id !== view.id;
    if (isNew || this.view.hash !== view.hash) Object.assign(this, { busy: false, failure: "", localErrors: {} });
    this.view = view;
    this.render(isNew);
  }

  open() {
    this.dialog = h("dialog", { class: "dialog modal", "aria-labelledby": "modal-title", "data-testid": "modal" });
    this.dialog.addEventListener("cancel", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.close();
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
  }

  shut() {
    this.dialog?.close();
    this.dialog?.remove();
    this.dialog = null;
    this.view = null;
    this.busy = false;
  }

  /** @param {boolean} isNew */
  render(isNew) {
    const { view } = this;
    const form = this.app.formOf({ view_id: view.id });
    form.errors = { ...(this.app.workspace.viewErrors[view.id] ?? {}), ...this.localErrors };
    form.values.keepOnly(new Set(view.blocks.map((/** @type {any} */ b) => b.block_id ?? "")));
    const focus = focusOf(this.dialog);
    const scroll = this.dialog.querySelector(".modal-body")?.scrollTop ?? 0;
    fill(this.dialog, this.head(view), h("form", { class: "modal-form", novalidate: true, on: { submit: (/** @type {Event} */ e) => this.submit(e) } },
      h("div", { class: "modal-body" }, renderBlocks(view.blocks, this.app.blockContext({ view_id: view.id })),
        (this.failure || form.failure) && h("p", { class: "action-failure", role: "alert" }, icon("warn"), this.failure || form.failure)),
      this.foot(view)));
    this.dialog.querySelector(".modal-body").scrollTop = isNew ? 0 : scroll;
    this.focus(isNew, focus, Object.keys(form.errors)[0]);
  }

  /** @type {Record<string, string>} */
  localErrors = {};

  /** @param {any} view */
  head(view) {
    const close = h("button", { type: "button", class: "icon-button", "aria-label": "Close", "data-testid": "modal-x", on: { click: () => this.close() } }, icon("close"));
    return h("header", { class: "modal-head" }, h("h2", { id: "modal-title" }, plain(view.title?.text ?? "")), close);
  }

  /** @param {any} view */
  foot(view) {
    const submit = view.submit ?? (view.blocks.some((/** @type {any} */ b) => b.type === "input") ? { text: "Submit" } : null);
    return h("footer", { class: "dialog-foot" },
      h("button", { type: "button", class: "button", "data-testid": "modal-close", on: { click: () => this.close() } }, plain(view.close?.text ?? (submit ? "Cancel" : "Close"))),
      submit && h("button", { type: "submit", class: "button primary", "data-testid": "modal-submit", "aria-busy": this.busy ? "true" : null, "aria-disabled": this.busy ? "true" : null },
        this.busy && h("span", { class: "spinner", "aria-hidden": "true" }), h("span", { class: "button-text" }, plain(submit.text))));
  }

  /** @param {boolean} isNew @param {any} before @param {string|undefined} wrong a block with an error */
  focus(isNew, before, wrong) {
    const inBlock = wrong && wrong !== this.wrong && this.dialog.querySelector(`[data-block-id="${CSS.escape(wrong)}"] :is(input,textarea,select,button)`);
    this.wrong = wrong;
    if (inBlock) return inBlock.focus();
    if (isNew) return (this.dialog.querySelector(".modal-body :is(input,textarea,select)") ?? this.dialog.querySelector("[type=submit]") ?? this.dialog.querySelector("button"))?.focus();
    const twin = before?.submit ? this.dialog.querySelector("[type=submit]") : before?.action && [...this.dialog.querySelectorAll("[data-action-id]")].find((n) => n.dataset.actionId === before.action);
    twin?.focus();
    if (twin && before.caret !== null && twin.type !== "date" && twin.setSelectionRange) twin.setSelectionRange(before.caret, before.caret);
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    if (this.busy) return;
    this.localErrors = this.check();
    this.failure = "";
    this.wrong = undefined;
    this.app.workspace.viewErrors[this.view.id] = {};
    this.busy = Object.keys(this.localErrors).length === 0;
    const id = this.view.id;
    this.render(false);
    if (!this.busy) return;
    const answer = await this.app.submitView(id, this.app.formOf({ view_id: id }).values.toJSON());
    if (this.view?.id !== id) return;
    this.busy = false;
    if (!answer.ok) this.failure = answer.error || "The form was not taken. What you typed is still here.";
    this.render(false);
  }

  /** Errors that Slack finds before it asks the app. @returns {Record<string, string>} */
  check() {
    const values = this.app.formOf({ view_id: this.view.id }).values;
    /** @type {Record<string, string>} */
    const errors = {};
    for (const block of this.view.blocks.filter((/** @type {any} */ b) => b.type === "input")) {
      const state = values.get(block.block_id, block.element.action_id);
      const wrong = isEmpty(state) ? (block.optional ? null : "Please complete this required field.") : fault(block.element, state);
      if (wrong) errors[block.block_id] = wrong;
    }
    return errors;
  }

  close() {
    if (this.view) this.app.closeView(this.view.id);
  }
}

/** @param {any} state */
function isEmpty(state) {
  const { type: _type, ...rest } = state ?? {};
  return Object.values(rest).every((value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length));
}

/** @param {any} dialog */
function focusOf(dialog) {
  const active = /** @type {any} */ (document.activeElement);
  if (!active || !dialog.contains(active)) return null;
  const typed = active.matches("textarea, input");
  return { action: active.dataset.actionId, submit: active.type === "submit", caret: typed && active.type !== "date" && active.type !== "radio" && active.type !== "checkbox" ? active.selectionStart : null };
}
