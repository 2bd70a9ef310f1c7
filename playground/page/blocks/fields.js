/** Elements in which one types: text, numbers, dates and times. */

import { h, uniqueId } from "../dom.js";
import { plain } from "../text/mrkdwn.js";

/** @typedef {import("./choices.js").Field} Field */

/** Which HTML input stands for an element, and the state's field for its value. @type {Record<string, [string, string]>} */
const KINDS = {
  plain_text_input: ["text", "value"],
  email_text_input: ["email", "value"],
  url_text_input: ["url", "value"],
  number_input: ["text", "value"],
  datepicker: ["date", "selected_date"],
  timepicker: ["time", "selected_time"],
  datetimepicker: ["datetime-local", "selected_date_time"],
};

export const isField = (/** @type {string} */ type) => type in KINDS;

/** @param {any} element */
export function initialField(element) {
  const [, key] = KINDS[element.type];
  const initial = { value: element.initial_value, selected_date: element.initial_date, selected_time: element.initial_time, selected_date_time: element.initial_date_time };
  return { [key]: initial[/** @type {keyof typeof initial} */ (key)] ?? null };
}

/** Whether a change of this element is sent at once, or only typed text that is entered. @param {any} element @param {string} trigger */
const dispatchesOn = (element, trigger) =>
  (element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes(trigger);

/** @param {Field & {entered?: () => void}} field `entered` is called on Enter or on each character when the element asks for it */
export function field({ element, block, ctx, labels, changed, entered }) {
  const [type, key] = KINDS[element.type];
  const multiline = Boolean(element.multiline);
  const input = h(multiline ? "textarea" : "input", {
    class: "text-input",
    type: multiline ? null : type,
    rows: multiline ? 4 : null,
    inputmode: element.type === "number_input" ? (element.is_decimal_allowed ? "decimal" : "numeric") : null,
    placeholder: plain(element.placeholder?.text ?? "") || null,
    maxlength: element.max_length,
    autocomplete: "off",
    "data-action-id": element.action_id,
    ...labels,
    value: shown(element, ctx.form.values.get(block, element.action_id)[key]),
  });
  input.addEventListener("input", () => {
    changed({ [key]: stored(element, input.value) });
    count(element, input, counter);
    if (entered && dispatchesOn(element, "on_character_entered")) entered();
  });
  input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || multiline || !entered || !dispatchesOn(element, "on_enter_pressed")) return;
    event.preventDefault();
    entered();
  });
  const counter = element.max_length ? h("span", { class: "counter", id: uniqueId("count"), "aria-live": "off" }) : null;
  count(element, input, counter);
  return counter ? h("div", { class: "counted" }, input, counter) : input;
}

/** @param {any} element @param {any} input @param {any} counter */
function count(element, input, counter) {
  if (!counter) return;
  const left = element.max_length - input.value.length;
  counter.textContent = left <= 200 ? `${left}` : "";
  counter.classList.toggle("low", left <= 20);
}

/** @param {any} element @param {any} value @returns {string} */
function shown(element, value) {
  if (value === null || value === undefined) return "";
  if (element.type !== "datetimepicker") return String(value);
  const date = new Date(value * 1000);
  return new Date(value * 1000 - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @param {any} element @param {string} value */
function stored(element, value) {
  if (value === "") return null;
  return element.type === "datetimepicker" ? Math.floor(new Date(value).getTime() / 1000) : value;
}

/** What is wrong with a typed value, as Slack says it, or null. @param {any} element @param {any} state */
export function fault(element, state) {
  const text = state?.value;
  if (typeof text !== "string") return null;
  if (element.min_length && text.length < element.min_length) return `Please enter at least ${element.min_length} characters.`;
  if (element.max_length && text.length > element.max_length) return `Please enter at most ${element.max_length} characters.`;
  if (element.type === "number_input") return numberFault(element, text);
  if (element.type === "email_text_input" && !/^\S+@\S+$/.test(text)) return "Please enter a valid email address.";
  if (element.type === "url_text_input" && !/^https?:\/\/\S+$/.test(text)) return "Please enter a valid URL.";
  return null;
}

/** @param {any} element @param {string} text */
function numberFault(element, text) {
  const pattern = element.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  if (!pattern.test(text.trim())) return element.is_decimal_allowed ? "Please enter a number." : "Please enter a whole number.";
  if (element.min_value !== undefined && Number(text) < Number(element.min_value)) return `Please enter a number of at least ${element.min_value}.`;
  if (element.max_value !== undefined && Number(text) > Number(element.max_value)) return `Please enter a number of at most ${element.max_value}.`;
  return null;
}
