/** A menu whose options the app is asked for as somebody types (`external_select`). */

import { h, uniqueId } from "../dom.js";
import { plain } from "../text/mrkdwn.js";

const PAUSE_MS = 150;

/** @param {import("./choices.js").Field} field */
export function suggestMenu({ element, block, ctx, labels, changed }) {
  const least = element.min_query_length ?? 3;
  const chosen = ctx.form.values.get(block, element.action_id).selected_option;
  const list = uniqueId("offered");
  /** @type {any[]} */
  let offered = chosen ? [chosen] : [];
  let asked = 0;
  let timer = 0;
  const datalist = h("datalist", { id: list });
  const text = (/** @type {any} */ option) => plain(option.text.text);
  const take = () => changed({ selected_option: offered.find((option) => text(option) === input.value) ?? null });
  const ask = async () => {
    const mine = ++asked;
    const options = await ctx.form.suggest(block, element.action_id, input.value);
    if (mine !== asked) return;
    offered = options;
    datalist.replaceChildren(...options.map((option) => h("option", { value: text(option) })));
    take();
  };
  const typed = () => {
    take();
    clearTimeout(timer);
    if (input.value.length >= least) timer = window.setTimeout(ask, PAUSE_MS);
  };
  const input = h("input", {
    class: "text-input", type: "text", list, autocomplete: "off", "data-action-id": element.action_id, ...labels,
    placeholder: plain(element.placeholder?.text ?? "Choose an option"), value: chosen ? text(chosen) : "", on: { input: typed },
  });
  return h("div", { class: "suggest" }, input, datalist);
}
