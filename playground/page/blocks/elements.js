/** Any interactive element by its type, seeded with what the person already chose. */

import { h } from "../dom.js";
import { button, dispatch, overflow } from "./buttons.js";
import { checkboxes, initialChoice, menu, multiMenu, radios } from "./choices.js";
import { field, initialField, isField } from "./fields.js";
import { imageElement } from "./images.js";
import { suggestMenu } from "./suggest.js";

/** @typedef {import("./form.js").BlockContext} BlockContext */

const CHOICES = { static_select: menu, users_select: menu, conversations_select: menu, channels_select: menu, external_select: suggestMenu, radio_buttons: radios, checkboxes };

/** @param {string} type @returns {((field: import("./choices.js").Field) => Node)|null} */
function builder(type) {
  if (type.startsWith("multi_") && type.slice(6) in CHOICES) return multiMenu;
  if (type in CHOICES) return CHOICES[/** @type {keyof typeof CHOICES} */ (type)];
  return isField(type) ? field : null;
}

/**
 * @param {any} element
 * @param {string} block
 * @param {BlockContext} ctx
 * @param {{labels?: Record<string, any>, dispatches?: boolean}} [options] `dispatches` sends each change at once
 * @returns {Node}
 */
export function renderElement(element, block, ctx, { labels, dispatches = true } = {}) {
  if (element.type === "button") return button(element, block, ctx);
  if (element.type === "workflow_button") return unsupported(element.type);
  if (element.type === "overflow") return overflow(element, block, ctx);
  if (element.type === "image") return imageElement(element, ctx);
  const build = builder(element.type);
  return build ? stateful(build, element, block, ctx, labels, dispatches) : unsupported(element.type);
}

/** @param {any} build @param {any} element @param {string} block @param {BlockContext} ctx @param {any} labels @param {boolean} dispatches */
function stateful(build, element, block, ctx, labels, dispatches) {
  const values = ctx.form.values;
  const initial = isField(element.type) ? initialField(element) : initialChoice(element);
  values.seed(block, element.action_id, { type: element.type, ...initial });
  let node = /** @type {any} */ (null);
  const typed = /_input$/.test(element.type);
  const send = async (/** @type {any} */ payload) => {
    if (!(await dispatch(element, block, payload, ctx))) undo();
  };
  const before = structuredClone(values.get(block, element.action_id));
  const undo = () => {
    values.set(block, element.action_id, before);
    node?.replaceWith(renderElement(element, block, ctx, { labels, dispatches }));
  };
  const changed = (/** @type {any} */ payload) => {
    values.set(block, element.action_id, { type: element.type, ...payload });
    if (dispatches && !typed) send(payload);
  };
  const entered = dispatches && typed ? () => send(pick(values.get(block, element.action_id))) : undefined;
  node = build({ element, block, ctx, labels: labels ?? { "aria-label": name(element) }, changed, entered });
  return node;
}

/** @param {any} state */
const pick = ({ type: _type, ...payload }) => payload;

/** @param {any} element */
const name = (element) => element.placeholder?.text ?? element.type.replace(/_/g, " ");

/** Says plainly what the page cannot draw. @param {string} type @returns {Node} */
export const unsupported = (type) => h("span", { class: "unsupported" }, `This page cannot show “${type}”.`);
