/** The list of channels, with what is unread, and the app's home. */

import { fill, h, icon } from "../dom.js";
import { channelTitle, isReply } from "../workspace.js";
import { avatar } from "./message.js";

/** @typedef {import("../app.js").App} App */

/** @param {App} app @param {HTMLElement} box */
export function drawSidebar(app, box) {
  const focused = /** @type {any} */ (document.activeElement)?.dataset?.testid;
  const all = [...app.workspace.channels.values()].filter((c) => !c.is_archived || c.id === app.channelId);
  const mine = all.filter((c) => c.members.includes(app.workspace.me));
  const others = all.filter((c) => !c.members.includes(app.workspace.me));
  const incidents = mine.filter((c) => /^inc(ident)?-/.test(c.name)).reverse();
  const direct = mine.filter((c) => c.is_im);
  const rest = mine.filter((c) => !incidents.includes(c) && !c.is_im);
  fill(box,
    group(app, "Incidents", incidents), group(app, "Channels", rest), group(app, "Direct messages", direct), group(app, "Not joined", others), apps(app));
  if (focused && !box.contains(document.activeElement)) /** @type {any} */ (box.querySelector(`[data-testid="${CSS.escape(focused)}"]`))?.focus();
}

/** @param {App} app @param {string} title @param {any[]} channels */
function group(app, title, channels) {
  if (!channels.length) return null;
  return h("section", { class: "side-group", "aria-label": title }, h("h2", {}, title), h("ul", {}, channels.map((c) => h("li", {}, row(app, c)))));
}

/** @param {App} app @param {any} channel */
function row(app, channel) {
  const { unread, mentions } = unreadOf(app, channel);
  const current = app.channelId === channel.id && app.main === "channel";
  const name = channelTitle(app.workspace, channel);
  const label = `${name}${mentions ? `, ${mentions} mentions` : unread ? ", unread" : ""}`;
  return h("button", {
    type: "button",
    class: ["side-row", current && "current", unread > 0 && "unread"].filter(Boolean).join(" "),
    "data-testid": `channel-${channel.name}`,
    "data-unread": unread || null,
    "aria-current": current ? "page" : null,
    "aria-label": label,
    on: { click: () => app.openChannel(channel.id) },
  }, icon(channel.is_im ? "people" : channel.is_private ? "lock" : "hash"), h("span", { class: "side-name" }, name), mentions > 0 && h("span", { class: "badge" }, mentions));
}

/** @param {App} app @param {any} channel */
function unreadOf(app, channel) {
  const since = app.readMarks.get(channel.id);
  let unread = 0;
  let mentions = 0;
  for (const message of channel.messages.values()) {
    if (message.ts <= since || message.user === app.workspace.me || isReply(message)) continue;
    unread += 1;
    if (mentionsMe(app, message)) mentions += 1;
  }
  return { unread, mentions };
}

/** @param {App} app @param {any} message */
function mentionsMe(app, message) {
  const words = JSON.stringify([message.text, message.blocks, message.attachments]);
  return words.includes(`<@${app.workspace.me}`) || /<!(here|channel|everyone)/.test(words);
}

/** @param {App} app */
function apps(app) {
  const bot = app.workspace.app();
  if (!bot) return null;
  const current = app.main === "home";
  return h("section", { class: "side-group", "aria-label": "Apps" }, h("h2", {}, "Apps"),
    h("button", { type: "button", class: current ? "side-row current" : "side-row", "aria-current": current ? "page" : null, "data-testid": "home", on: { click: () => app.openHome() } },
      avatar(bot, true), h("span", { class: "side-name" }, bot.real_name || bot.name)));
}
