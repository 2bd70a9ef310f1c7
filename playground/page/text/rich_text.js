/** The `rich_text` block as nodes. */

import { h } from "../dom.js";
import { formatDate } from "./dates.js";
import { emoji } from "./emoji.js";
import { lines } from "./mrkdwn.js";
import { broadcast, channelMention, groupMention, link, userMention } from "./names.js";

/** @typedef {import("./mrkdwn.js").Reading} Reading */

/** @param {any} block @param {Reading} ctx @returns {Node[]} */
export const richText = (block, ctx) => block.elements.flatMap((/** @type {any} */ part) => container(part, ctx));

/** @param {any} part @param {Reading} ctx @returns {Node[]} */
function container(part, ctx) {
  const inner = () => part.elements.flatMap((/** @type {any} */ leaf) => wrapped(leaf, ctx));
  switch (part.type) {
    case "rich_text_section":
      return [h("div", { class: "rich-section" }, inner())];
    case "rich_text_preformatted":
      return [h("pre", {}, inner())];
    case "rich_text_quote":
      return [h("blockquote", {}, inner())];
    case "rich_text_list":
      return [list(part, ctx)];
    default:
      return [];
  }
}

/** @param {any} part @param {Reading} ctx */
function list(part, ctx) {
  const items = part.elements.map((/** @type {any} */ item) => h("li", {}, container(item, ctx)));
  const start = part.offset ? part.offset + 1 : null;
  return h(part.style === "ordered" ? "ol" : "ul", { class: `rich-list indent-${part.indent ?? 0}`, start }, items);
}

/** @param {any} leaf @param {Reading} ctx @returns {Node[]} */
function wrapped(leaf, ctx) {
  /** @type {Record<string, string>} */
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };
  return Object.entries(tags)
    .filter(([style]) => leaf.style?.[style])
    .reduce((inner, [, tag]) => [h(tag, {}, inner)], leafNodes(leaf, ctx));
}

/** @param {any} leaf @param {Reading} ctx @returns {Node[]} */
function leafNodes(leaf, ctx) {
  switch (leaf.type) {
    case "text":
      return lines(leaf.text);
    case "link":
      return [link(leaf.url, leaf.text || leaf.url)];
    case "user":
      return [userMention(ctx.names, leaf.user_id)];
    case "usergroup":
      return [groupMention(ctx.names, leaf.usergroup_id)];
    case "channel":
      return [channelMention(ctx.names, leaf.channel_id)];
    case "broadcast":
      return [broadcast(leaf.range)];
    case "emoji":
      return [document.createTextNode(emoji(leaf.name) ?? `:${leaf.name}:`)];
    case "date":
      return [h("time", {}, formatDate(leaf.timestamp, leaf.format, ctx.now) ?? leaf.fallback ?? "")];
    case "color":
      return [h("span", { class: "colour-chip" }, leaf.value)];
    default:
      return [];
  }
}
