/** The `markdown` block: standard Markdown as nodes. */

import { h } from "../dom.js";
import { withEmoji } from "./emoji.js";
import { lines } from "./mrkdwn.js";
import { link } from "./names.js";

/** @param {string} source @returns {Node[]} */
export function markdown(source) {
  const rows = source.replace(/\r\n?/g, "\n").split("\n");
  const out = [];
  let at = 0;
  while (at < rows.length) {
    const [nodes, next] = block(rows, at);
    out.push(...nodes);
    at = next;
  }
  return out;
}

/** One block that starts at a row, and the row after it. @param {string[]} rows @param {number} at @returns {[Node[], number]} */
function block(rows, at) {
  const row = rows[at];
  if (!row.trim()) return [[], at + 1];
  if (/^```/.test(row)) return fence(rows, at);
  const heading = row.match(/^(#{1,6})\s+(.*)$/);
  if (heading) return [[h(`h${Math.min(6, heading[1].length + 2)}`, { class: `md-h md-h${heading[1].length}` }, span(heading[2]))], at + 1];
  if (/^ {0,3}([-*_])( *\1){2,} *$/.test(row)) return [[h("hr")], at + 1];
  if (/^>/.test(row)) return gather(rows, at, /^>/, (found) => h("blockquote", {}, markdown(found.map((r) => r.replace(/^> ?/, "")).join("\n"))));
  if (/^\|.*\|\s*$/.test(row) && /^\|[\s:|-]+\|\s*$/.test(rows[at + 1] ?? "")) return gather(rows, at, /^\|/, table);
  if (ITEM.test(row)) return gather(rows, at, /^\s*([-*+]|\d+[.)])\s|^\s{2,}\S/, (found) => list(found));
  return gather(rows, at, /^(?!```|#{1,6}\s|>|\s*$|\s*([-*+]|\d+[.)])\s)/, (found) => h("p", {}, span(found.join("\n"))));
}

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;

/** @param {string[]} rows @param {number} at @param {RegExp} belongs @param {(rows: string[]) => Node} build @returns {[Node[], number]} */
function gather(rows, at, belongs, build) {
  let end = at + 1;
  while (end < rows.length && belongs.test(rows[end])) end += 1;
  return [[build(rows.slice(at, end))], end];
}

/** @param {string[]} rows @param {number} at @returns {[Node[], number]} */
function fence(rows, at) {
  let end = at + 1;
  while (end < rows.length && !/^```\s*$/.test(rows[end])) end += 1;
  return [[h("pre", {}, rows.slice(at + 1, end).join("\n"))], end + 1];
}

/** Items, nested by their indentation. @param {string[]} rows @returns {Node} */
function list(rows) {
  const first = /** @type {RegExpMatchArray} */ (rows[0].match(ITEM));
  const depth = first[1].length;
  const items = [];
  for (let at = 0; at < rows.length; ) {
    let end = at + 1;
    while (end < rows.length && (!ITEM.test(rows[end]) || /^\s*/.exec(rows[end])?.[0].length !== depth)) end += 1;
    items.push(item(rows.slice(at, end)));
    at = end;
  }
  return h(/\d/.test(first[2]) ? "ol" : "ul", { start: /\d/.test(first[2]) ? parseInt(first[2], 10) : null }, items);
}

/** @param {string[]} rows */
function item(rows) {
  const match = rows[0].match(ITEM);
  const inner = rows.slice(1);
  const nested = inner.length && ITEM.test(inner[0]) ? [list(inner)] : inner.map((row) => span(" " + row.trim()));
  const box = match?.[3] ? (match[3] === " " ? "☐ " : "☑ ") : "";
  return h("li", {}, box, span(match ? match[4] : rows[0].trim()), nested);
}

/** @param {string[]} rows @returns {Node} */
function table(rows) {
  const cells = (/** @type {string} */ row) => row.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  const head = h("tr", {}, cells(rows[0]).map((cell) => h("th", { scope: "col" }, span(cell))));
  const body = rows.slice(2).map((row) => h("tr", {}, cells(row).map((cell) => h("td", {}, span(cell)))));
  return h("div", { class: "table-scroll" }, h("table", {}, h("thead", {}, head), h("tbody", {}, body)));
}

/** @type {[RegExp, (match: RegExpExecArray) => Node][]} */
const SPANS = [
  [/`([^`]+)`/, (m) => h("code", {}, m[1])],
  [/!?\[([^\]]*)\]\(([^)\s]+)\)/, (m) => link(m[2], m[1] || m[2])],
  [/\*\*(?=\S)(.+?)\*\*/s, (m) => h("strong", {}, span(m[1]))],
  [/~~(?=\S)(.+?)~~/s, (m) => h("s", {}, span(m[1]))],
  [/(?<![\w*])\*(?=\S)([^*]+?)\*(?!\w)/, (m) => h("em", {}, span(m[1]))],
  [/(?<!\w)_(?=\S)([^_]+?)_(?!\w)/, (m) => h("em", {}, span(m[1]))],
  [/https?:\/\/[^\s<>)]+/, (m) => link(m[0], m[0])],
];

/** Inline Markdown: the earliest match is built, then what follows it. @param {string} text @returns {Node[]} */
function span(text) {
  let best = null;
  for (const [pattern, build] of SPANS) {
    const match = pattern.exec(text);
    if (match && (!best || match.index < best.match.index)) best = { match, build };
  }
  if (!best) return lines(withEmoji(text));
  const { match, build } = best;
  return [...lines(withEmoji(text.slice(0, match.index))), build(match), ...span(text.slice(match.index + match[0].length))];
}
