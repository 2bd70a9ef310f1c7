/** One message as Slack draws it: author, blocks or text, attachments, files, reactions, thread link. */

import { renderAttachment, renderBlocks } from "../blocks/blocks.js";
import { fileCard } from "../blocks/files.js";
import { h, icon } from "../dom.js";
import { clock, fullTime } from "../text/dates.js";
import { emoji } from "../text/emoji.js";
import { mrkdwn } from "../text/mrkdwn.js";

/** @typedef {import("../app.js").App} App */

/** @param {any} user */
export function avatar(user, small = false) {
  const letters = (user.real_name || user.name || "?").split(/[\s_.-]+/).map((/** @type {string} */ w) => w[0]).slice(0, 2).join("");
  const box = h("span", { class: small ? "avatar small" : "avatar", "aria-hidden": "true" }, letters.toUpperCase());
  box.style.setProperty("--tint", `#${String(user.color || "64748b").replace("#", "")}`);
  return box;
}

/**
 * @param {App} app
 * @param {any} message
 * @param {{grouped?: boolean, inThread?: boolean, pinned?: boolean}} [place]
 */
export function renderMessage(app, message, { grouped = false, inThread = false, pinned = false } = {}) {
  const author = app.workspace.author(message);
  const classes = ["message", grouped && "grouped", message.ephemeral && "is-ephemeral", pinned && "is-pinned"];
  return h("article", {
    class: classes.filter(Boolean).join(" "),
    "data-testid": message.ephemeral ? "ephemeral" : "message",
    "data-ts": message.ts,
    "aria-label": `${author.name}, ${clock(new Date(Number(message.ts) * 1000))}`,
  },
    message.ephemeral && h("div", { class: "message-flag" }, icon("eye"), "Only visible to you"),
    pinned && h("div", { class: "message-flag pin" }, icon("pin"), "Pinned"),
    h("div", { class: "message-side" }, grouped ? timeOf(message) : avatar({ ...author, real_name: author.name })),
    h("div", { class: "message-main" },
      !grouped && h("div", { class: "message-head" }, h("span", { class: "author" }, author.name), author.is_bot && h("span", { class: "app-badge" }, "APP"), timeOf(message), message.edited && edited()),
      body(app, message), grouped && message.edited && edited(), footer(app, message, inThread)),
    !message.ephemeral && hoverTools(app, message, inThread));
}

const edited = () => h("span", { class: "edited" }, "(edited)");

/** @param {any} message */
function timeOf(message) {
  const seconds = Number(message.ts);
  const date = new Date(seconds * 1000);
  return h("time", { class: "stamp", datetime: date.toISOString(), title: fullTime(seconds) }, clock(date));
}

/** @param {App} app @param {any} message */
function body(app, message) {
  const ctx = app.blockContext({ channel: message.channel ?? app.channelId, message_ts: message.ts });
  const attachments = message.attachments ?? [];
  ctx.form.values.keepOnly(blockIds(message));
  const showText = message.text && !message.blocks?.length;
  return h("div", { class: "message-body" },
    showText && h("div", { class: "message-text" }, mrkdwn(message.text, ctx)),
    message.blocks?.length > 0 && h("div", { class: "blocks" }, renderBlocks(message.blocks, ctx)),
    attachments.map((/** @type {any} */ a) => renderAttachment(a, ctx)),
    (message.files ?? []).map((/** @type {any} */ f) => fileCard(f, ctx.names)),
    ctx.form.failure && h("p", { class: "action-failure", role: "alert" }, icon("warn"), ctx.form.failure));
}

/** @param {any} message */
function blockIds(message) {
  const nested = (message.attachments ?? []).flatMap((/** @type {any} */ a) => a.blocks ?? []);
  return new Set([...(message.blocks ?? []), ...nested].map((block) => block.block_id ?? ""));
}

/** @param {App} app @param {any} message @param {boolean} inThread */
function footer(app, message, inThread) {
  return [
    message.reactions?.length > 0 && h("div", { class: "reactions" }, message.reactions.map((/** @type {any} */ r) => reaction(app, r))),
    message.reply_count > 0 && !inThread && threadLink(app, message),
    message.ephemeral && h("div", { class: "ephemeral-foot" },
      h("button", { type: "button", class: "text-button", "data-testid": "dismiss", on: { click: () => app.dismiss(message) } }, "Dismiss message")),
  ];
}

/** @param {App} app @param {any} entry */
function reaction(app, entry) {
  const names = (entry.users ?? []).map((/** @type {string} */ id) => app.workspace.users.get(id)?.real_name ?? id).join(", ");
  const mine = entry.users?.includes(app.workspace.me);
  return h("span", { class: mine ? "reaction mine" : "reaction", title: `${names} reacted with :${entry.name}:` }, emoji(entry.name) ?? `:${entry.name}:`, h("b", {}, entry.count ?? entry.users?.length ?? 1));
}

/** @param {App} app @param {any} message */
function threadLink(app, message) {
  const faces = (message.reply_users ?? []).slice(0, 3).map((/** @type {string} */ id) => avatar(app.workspace.users.get(id) ?? { name: "?" }, true));
  const count = message.reply_count;
  return h("button", { type: "button", class: "thread-link", "data-testid": "thread-link", on: { click: () => app.openThread(message.ts) } },
    faces, h("span", {}, `${count} ${count === 1 ? "reply" : "replies"}`), h("span", { class: "thread-hint" }, "View thread"));
}

/** @param {App} app @param {any} message @param {boolean} inThread */
function hoverTools(app, message, inThread) {
  const shortcuts = app.workspace.shortcuts.filter((/** @type {any} */ s) => s.type === "message");
  const run = (/** @type {any} */ s) => app.shortcut(s.callback_id, message.ts);
  return h("div", { class: "hover-tools" },
    !inThread && h("button", { type: "button", class: "icon-button", "aria-label": "Reply in thread", title: "Reply in thread", "data-testid": "reply-in-thread", on: { click: () => app.openThread(message.thread_ts ?? message.ts) } }, icon("reply")),
    shortcuts.map((/** @type {any} */ s) => h("button", { type: "button", class: "icon-button wide", title: s.description ?? s.name, on: { click: () => run(s) } }, icon("bolt"), s.name)));
}
