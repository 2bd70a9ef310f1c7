/** Buttons and overflow menus: elements that only act. */

import { fill, h } from "../dom.js";
import { plain } from "../text/mrkdwn.js";
import { askConfirm } from "./confirm.js";
import { Form } from "./form.js";

/** @typedef {import("./form.js").BlockContext} BlockContext */

/** Asks when the element wants it, then sends. @param {any} element @param {string} block @param {any} payload @param {BlockContext} ctx */
export async function dispatch(element, block, payload, ctx) {
  if (element.confirm && !(await askConfirm(element.confirm, ctx))) return false;
  const action = { type: element.type, action_id: element.action_id, block_id: block, ...payload };
  await ctx.form.act(Form.key(block, element.action_id), action);
  return true;
}

/** @param {any} element @param {string} block @param {BlockContext} ctx */
export function button(element, block, ctx) {
  const pending = ctx.form.pending.has(Form.key(block, element.action_id));
  const press = (/** @type {Event} */ event) => {
    if (element.url && /^https?:/.test(element.url)) window.open(element.url, "_blank", "noopener");
    event.preventDefault();
    return dispatch(element, block, element.value === undefined ? { text: element.text } : { text: element.text, value: element.value }, ctx);
  };
  return h(
    "button",
    {
      type: "button",
      class: `button ${element.style ?? ""}`,
      "data-action-id": element.action_id,
      "data-value": element.value,
      "aria-label": element.accessibility_label,
      "aria-busy": pending ? "true" : null,
      "aria-disabled": pending ? "true" : null,
      on: { click: press },
    },
    pending && h("span", { class: "spinner", "aria-hidden": "true" }),
    h("span", { class: "button-text" }, plain(element.text.text)),
  );
}

/** @param {any} element @param {string} block @param {BlockContext} ctx */
export function overflow(element, block, ctx) {
  const details = h("details", { class: "overflow" });
  const choose = (/** @type {any} */ option) => {
    details.open = false;
    if (option.url && /^https?:/.test(option.url)) window.open(option.url, "_blank", "noopener");
    return dispatch(element, block, { selected_option: option }, ctx);
  };
  fill(
    details,
    h("summary", { class: "button", "aria-label": "More actions", "data-action-id": element.action_id }, "⋯"),
    h("div", { class: "menu", role: "menu" },
      element.options.map((/** @type {any} */ option) =>
        h("button", { type: "button", role: "menuitem", "data-value": option.value, on: { click: () => choose(option) } },
          plain(option.text.text), option.description && h("small", {}, plain(option.description.text))))),
  );
  details.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape" && details.open) {
      event.stopPropagation();
      details.open = false;
      details.querySelector("summary").focus();
    }
  });
  details.addEventListener("focusout", (/** @type {FocusEvent} */ event) => {
    if (!details.contains(/** @type {Node|null} */ (event.relatedTarget))) details.open = false;
  });
  return details;
}
