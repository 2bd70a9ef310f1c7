/** The line above the messages: the channel, its topic, people and pins. */

import { fill, h, icon } from "../dom.js";
import { emoji } from "../text/emoji.js";
import { link } from "../text/names.js";
import { channelTitle } from "../workspace.js";
import { inline } from "../text/mrkdwn.js";

/** @param {import("../app.js").App} app @param {HTMLElement} box */
export function drawHeader(app, box) {
  if (app.main === "home") {
    const bot = app.workspace.app();
    fill(box, h("div", { class: "head-title" }, h("h1", {}, icon("home"), bot?.real_name || bot?.name || "App")), h("p", { class: "topic" }, "Home"));
    return;
  }
  const channel = app.channel();
  if (!channel) return fill(box, h("h1", {}, "No channel"));
  const people = channel.members.length;
  const pins = channel.pins.length;
  fill(box,
    h("div", { class: "head-title" }, h("h1", { "data-testid": "channel-title" }, !channel.is_im && icon(channel.is_private ? "lock" : "hash"), channelTitle(app.workspace, channel)), channel.is_archived && h("span", { class: "archived" }, "archived")),
    h("p", { class: "topic", "data-testid": "topic", title: channel.topic || null }, channel.topic ? inline(channel.topic, app.reading()) : h("span", { class: "quiet" }, channel.purpose || "")),
    channel.bookmarks?.length > 0 && h("p", { class: "bookmarks" }, channel.bookmarks.map(bookmark)),
    h("div", { class: "head-tools" },
      pins > 0 && tool("pin", `${pins}`, `${pins} pinned ${pins === 1 ? "message" : "messages"}`, "pins-toggle", () => app.toggleAside("pins"), app.aside.kind === "pins"),
      tool("people", `${people}`, `${people} ${people === 1 ? "member" : "members"}`, "members-toggle", () => app.toggleAside("members"), app.aside.kind === "members")));
}

/** @param {any} mark */
const bookmark = (mark) => link(mark.link ?? "", [emoji(String(mark.emoji ?? "").replace(/:/g, "")) ?? "🔖", " ", mark.title ?? mark.link]);

/** @param {any} name @param {string} text @param {string} label @param {string} id @param {() => void} click @param {boolean} pressed */
function tool(name, text, label, id, click, pressed) {
  return h("button", { type: "button", class: "tool", title: label, "aria-label": label, "aria-pressed": String(pressed), "data-testid": id, on: { click } }, icon(name), h("span", {}, text));
}
