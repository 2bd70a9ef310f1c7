/**
 * Names of people, channels and groups behind Slack's ids, as marked-up mentions.
 * @typedef {object} Directory
 * @property {Map<string, any>} users
 * @property {Map<string, any>} channels
 * @property {Map<string, any>} groups
 * @property {string} me
 * @property {{id: string}} [team]
 */

import { h } from "../dom.js";

/** @param {Directory} names @param {string} id @param {string} [label] */
export function userMention(names, id, label) {
  const user = names.users.get(id);
  const groups = id === names.me ? "mention mention-me" : "mention";
  return h("span", { class: groups, title: user?.title || user?.name || id }, `@${user ? user.real_name || user.name : label || id}`);
}

/** @param {Directory} names @param {string} id @param {string} [label] */
export function channelMention(names, id, label) {
  const name = names.channels.get(id)?.name ?? label;
  if (!names.channels.has(id)) return h("span", { class: "mention" }, `#${name ?? id}`);
  return h("a", { class: "mention", href: `#${id}`, "data-channel-link": id }, `#${name}`);
}

/** @param {Directory} names @param {string} id @param {string} [label] */
export function groupMention(names, id, label) {
  const group = names.groups.get(id);
  const mine = group?.users?.includes(names.me);
  const handle = group?.handle ?? label ?? id;
  return h("span", { class: mine ? "mention mention-me" : "mention", title: group?.name ?? id }, handle.startsWith("@") ? handle : `@${handle}`);
}

/** `here`, `channel` or `everyone`. @param {string} range */
export const broadcast = (range) => h("span", { class: "mention mention-me" }, `@${range}`);

const SAFE = /^(https?:|mailto:|tel:)/i;

/** A link to a safe address, else only its text. @param {string} url @param {any} label */
export function link(url, label) {
  if (!SAFE.test(url)) return h("span", {}, label);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}
