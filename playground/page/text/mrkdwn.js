/** Slack's mrkdwn as nodes: every piece of text ends in a text node, never in markup. */

import { h } from "../dom.js";
import { formatDate, fullTime } from "./dates.js";
import { withEmoji } from "./emoji.js";
import { broadcast, channelMention, groupMention, link, userMention } from "./names.js";

/**
 * @typedef {object} Reading
 * @property {import("./names.js").Directory} names
 * @property {Date} now
 * @property {boolean} [verbatim] bare addresses stay text (docs.slack.dev, text object)
 */

/** Undoes Slack's three escapes. @param {string} text */
export const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** Plain text with emoji. @param {string} text */
export const plain = (text) => unescape(withEmoji(text));

/** A text object (`mrkdwn` or `plain_text`) as nodes. @param {any} object @param {Reading} ctx @returns {Node[]} */
export function textObject(object, ctx) {
  if (!object) return [];
  if (typeof object === "string") return [document.createTextNode(plain(object))];
  if (object.type === "mrkdwn") return mrkdwn(object.text, object.verbatim ? { ...ctx, verbatim: true } : ctx);
  return lines(object.emoji === false ? unescape(object.text) : plain(object.text));
}

/** @param {string} text @param {Reading} ctx @returns {Node[]} */
export function mrkdwn(text, ctx) {
  const out = [];
  const pieces = text.split(/```/);
  pieces.forEach((piece, index) => {
    const fenced = index % 2 === 1 && (index < pieces.length - 1 || pieces.length % 2 === 1);
    if (fenced) out.push(h("pre", {}, verbatim(piece.replace(/^\n|\n$/g, ""), ctx)));
    else if (index % 2 === 1) out.push(...quoted("```" + piece, ctx));
    else out.push(...quoted(trimBeside(piece, index, pieces.length), ctx));
  });
  return out;
}

/** Drops the line break that only separates a fence. @param {string} piece @param {number} index @param {number} count */
function trimBeside(piece, index, count) {
  let text = piece;
  if (index > 0) text = text.replace(/^\n/, "");
  if (index < count - 1) text = text.replace(/\n$/, "");
  return text;
}

/** Splits off `>` quotes, then formats lines. @param {string} text @param {Reading} ctx @returns {Node[]} */
function quoted(text, ctx) {
  if (text === "") return [];
  const rest = text.match(/^([\s\S]*?)(?:^|\n)&gt;&gt;&gt; ?([\s\S]*)$/);
  if (rest) return [...quoted(rest[1], ctx), h("blockquote", {}, inline(rest[2], ctx))];
  const out = [];
  const rows = text.split("\n");
  for (let i = 0; i < rows.length; ) {
    const isQuote = rows[i].startsWith("&gt;");
    let end = i + 1;
    while (end < rows.length && rows[end].startsWith("&gt;") === isQuote) end += 1;
    const group = rows.slice(i, end);
    if (isQuote) out.push(h("blockquote", {}, inline(group.map((row) => row.replace(/^&gt; ?/, "")).join("\n"), ctx)));
    else out.push(...inline(group.join("\n"), ctx));
    i = end;
  }
  return out;
}

/** Text whose line breaks become `<br>`. @param {string} text @returns {Node[]} */
export function lines(text) {
  return text.split("\n").flatMap((row, i) => [...(i ? [h("br")] : []), ...(row ? [document.createTextNode(row)] : [])]);
}

/** Code: only `<…>` tokens are understood. @param {string} text @param {Reading} ctx @returns {Node[]} */
function verbatim(text, ctx) {
  return text.split(/(<[^<>\n]+>)/).map((piece) =>
    /^<[^<>]+>$/.test(piece) ? angle(piece.slice(1, -1), ctx) : document.createTextNode(unescape(piece)));
}

const MARKS = { "*": "strong", _: "em", "~": "s" };
const TOKEN = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\w/])(https?:\/\/[^\s<>|`]+[^\s<>|`.,;:!?)\]}'"*_~])/;
const TOKEN_VERBATIM = /`([^`\n]+)`|<([^<>\n]+)>/;
const STYLED = /(?<![A-Za-z0-9])([*_~])(?=\S)((?:(?!\1)[^\n])*?[^\s])\1(?![A-Za-z0-9])/;

/** Inline formatting. @param {string} text @param {Reading} ctx @returns {Node[]} */
export function inline(text, ctx) {
  const holes = [];
  let rest = text;
  let masked = "";
  const sought = ctx.verbatim ? TOKEN_VERBATIM : TOKEN;
  for (let match = sought.exec(rest); match; match = sought.exec(rest)) {
    masked += rest.slice(0, match.index) + hole(holes.length);
    holes.push(token(match, ctx));
    rest = rest.slice(match.index + match[0].length);
  }
  return styled(masked + rest, holes);
}

const FIRST_HOLE = 0xf0000;
/** A private-use character that stands for an already built node. @param {number} index */
const hole = (index) => String.fromCodePoint(FIRST_HOLE + index);

/** @param {RegExpExecArray} match @param {Reading} ctx @returns {Node} */
function token(match, ctx) {
  if (match[1] !== undefined) return h("code", {}, verbatim(match[1], ctx));
  if (match[2] !== undefined) return angle(match[2], ctx);
  return link(unescape(match[3]), unescape(match[3]));
}

/** @param {string} text @param {Node[]} holes @returns {Node[]} */
function styled(text, holes) {
  const match = STYLED.exec(text);
  if (!match) return filled(text, holes);
  const [whole, mark, inner] = match;
  return [
    ...filled(text.slice(0, match.index), holes),
    h(MARKS[/** @type {keyof typeof MARKS} */ (mark)], {}, styled(inner, holes)),
    ...styled(text.slice(match.index + whole.length), holes),
  ];
}

/** @param {string} text @param {Node[]} holes @returns {Node[]} */
function filled(text, holes) {
  return text.split(/([\u{F0000}-\u{FFFFD}])/u).flatMap((piece) => {
    const index = piece ? /** @type {number} */ (piece.codePointAt(0)) - FIRST_HOLE : -1;
    return index >= 0 && index < holes.length ? [holes[index]] : lines(plain(piece));
  });
}

/** What stands between `<` and `>`. @param {string} body @param {Reading} ctx @returns {Node} */
function angle(body, ctx) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : unescape(body.slice(bar + 1));
  if (target.startsWith("@")) return userMention(ctx.names, target.slice(1), label);
  if (target.startsWith("#")) return channelMention(ctx.names, target.slice(1), label);
  if (target.startsWith("!subteam^")) return groupMention(ctx.names, target.slice(9), label);
  if (target.startsWith("!date^")) return date(target.slice(6), label, ctx);
  if (target.startsWith("!")) return broadcast(label || target.slice(1));
  return link(unescape(target), plain(label) || unescape(target).replace(/^mailto:/, ""));
}

/** @param {string} body `seconds^format^link?` @param {string} fallback @param {Reading} ctx */
function date(body, fallback, ctx) {
  const [seconds, format = "", url = ""] = body.split("^");
  const text = formatDate(Number(seconds), format, ctx.now) ?? fallback;
  const time = h("time", { datetime: isoTime(Number(seconds)), title: isoTime(Number(seconds)) && fullTime(Number(seconds)), "data-date": `${seconds}^${format}` }, text);
  return url ? link(url, time) : time;
}

/** @param {number} seconds */
function isoTime(seconds) {
  const value = new Date(seconds * 1000);
  return Number.isNaN(value.getTime()) ? null : value.toISOString();
}
