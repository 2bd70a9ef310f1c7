/** Elements in which one picks: menus of options, people and channels, radio buttons, checkboxes. */

import { h, uniqueId } from "../dom.js";
import { plain, textObject } from "../text/mrkdwn.js";

/**
 * @typedef {import("./form.js").BlockContext} BlockContext
 * @typedef {object} Field
 * @property {any} element
 * @property {string} block
 * @property {BlockContext} ctx
 * @property {Record<string, any>} labels attributes that name the field for screen readers
 * @property {(payload: any) => void} changed called with the part of the state that the person set
 */

/** A menu option: what is stored, and what is sent. @typedef {{id: string, label: string, payload: any}} Choice */

/** @param {any} element @returns {{label: string|null, choices: Choice[]}[]} */
function optionGroups(element) {
  const choice = (/** @type {any} */ option) => ({ id: option.value, label: plain(option.text.text), payload: option });
  if (!element.option_groups) return [{ label: null, choices: (element.options ?? []).map(choice) }];
  return element.option_groups.map((/** @type {any} */ group) => ({ label: plain(group.label.text), choices: group.options.map(choice) }));
}

/** @param {BlockContext} ctx @returns {Choice[]} */
const people = (ctx) =>
  [...ctx.names.users.values()]
    .filter((user) => !user.is_bot && user.id !== "USLACKBOT")
    .map((user) => ({ id: user.id, label: user.real_name || user.name, payload: user.id }));

/** @param {BlockContext} ctx @returns {Choice[]} */
const places = (ctx) =>
  [...ctx.names.channels.values()].map((channel) => ({ id: channel.id, label: `#${channel.name}`, payload: channel.id }));

/** For each menu type: the state's field, and where its choices come from. @type {Record<string, [string, (element: any, ctx: BlockContext) => {label: string|null, choices: Choice[]}[]]>} */
const SOURCES = {
  static_select: ["option", (element) => optionGroups(element)],
  users_select: ["user", (_, ctx) => [{ label: null, choices: people(ctx) }]],
  conversations_select: ["conversation", (_, ctx) => [{ label: null, choices: places(ctx) }]],
  channels_select: ["channel", (_, ctx) => [{ label: null, choices: places(ctx) }]],
};

/** @param {any} stored an option or an id @returns {string} */
const idOf = (stored) => (typeof stored === "object" && stored ? stored.value : (stored ?? ""));

/** The initial state of a menu, radio group or set of checkboxes. @param {any} element */
export function initialChoice(element) {
  const multi = element.type.startsWith("multi_");
  const [word] = SOURCES[element.type.replace("multi_", "")] ?? ["option"];
  if (multi || element.type === "checkboxes") return { [`selected_${word}s`]: element[`initial_${word}s`] ?? [] };
  return { [`selected_${word}`]: element[`initial_${word}`] ?? null };
}

/** @param {Field} field */
export function menu({ element, block, ctx, labels, changed }) {
  const [word, source] = SOURCES[element.type];
  const groups = source(element, ctx);
  const chosen = idOf(ctx.form.values.get(block, element.action_id)[`selected_${word}`]);
  const all = groups.flatMap((group) => group.choices);
  const option = (/** @type {Choice} */ c) => h("option", { value: c.id, selected: c.id === chosen }, c.label);
  const select = h(
    "select",
    {
      class: "select", "data-action-id": element.action_id, ...labels,
      on: { change: () => changed({ [`selected_${word}`]: all.find((c) => c.id === select.value)?.payload ?? null }) },
    },
    h("option", { value: "", selected: !chosen }, plain(element.placeholder?.text ?? "Choose an option")),
    groups.map((group) => (group.label ? h("optgroup", { label: group.label }, group.choices.map(option)) : group.choices.map(option))),
  );
  return select;
}

/** A menu of which several may be picked, as a short list of checkboxes. @param {Field} field */
export function multiMenu({ element, block, ctx, labels, changed }) {
  const [word, source] = SOURCES[element.type.replace("multi_", "")];
  const key = `selected_${word}s`;
  const state = () => ctx.form.values.get(block, element.action_id)[key].map(idOf);
  const all = source(element, ctx).flatMap((group) => group.choices);
  const most = element.max_selected_items ?? Infinity;
  const boxes = all.map((choice) => tick(choice.label, null, "checkbox", state().includes(choice.id), (box) => {
    const ids = new Set(state());
    if (box.checked && ids.size >= most) box.checked = false;
    else if (box.checked) ids.add(choice.id);
    else ids.delete(choice.id);
    changed({ [key]: all.filter((c) => ids.has(c.id)).map((c) => c.payload) });
  }));
  return h("div", { class: "choices multi", role: "group", "data-action-id": element.action_id, ...labels }, boxes);
}

/** @param {Field} field */
export function radios({ element, block, ctx, labels, changed }) {
  const chosen = idOf(ctx.form.values.get(block, element.action_id).selected_option);
  const group = uniqueId("radio");
  const rows = element.options.map((/** @type {any} */ option) =>
    tick(textObject(option.text, ctx), option.description && textObject(option.description, ctx), "radio", option.value === chosen,
      () => changed({ selected_option: option }), { name: group, value: option.value }));
  return h("div", { class: "choices", role: "radiogroup", "data-action-id": element.action_id, ...labels }, rows);
}

/** @param {Field} field */
export function checkboxes({ element, block, ctx, labels, changed }) {
  const chosen = () => ctx.form.values.get(block, element.action_id).selected_options.map(idOf);
  const rows = element.options.map((/** @type {any} */ option) =>
    tick(textObject(option.text, ctx), option.description && textObject(option.description, ctx), "checkbox", chosen().includes(option.value), (box) => {
      const ids = new Set(chosen());
      if (box.checked) ids.add(option.value);
      else ids.delete(option.value);
      changed({ selected_options: element.options.filter((/** @type {any} */ o) => ids.has(o.value)) });
    }, { value: option.value }));
  return h("div", { class: "choices", role: "group", "data-action-id": element.action_id, ...labels }, rows);
}

/** One labelled tick. @param {any} label @param {any} description @param {string} type @param {boolean} checked @param {(box: any) => void} changed @param {any} [rest] */
function tick(label, description, type, checked, changed, rest = {}) {
  const box = h("input", { type, checked, ...rest, on: { change: () => changed(box) } });
  return h("label", { class: "tick" }, box, h("span", {}, label, description && h("small", {}, description)));
}
