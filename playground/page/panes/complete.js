/** What a half-typed message may become; pure. */

/**
 * @typedef {object} Suggestion
 * @property {string} key
 * @property {string} title
 * @property {string} [hint]
 * @property {string} [detail]
 * @property {string} insert what replaces the text between `from` and `to`
 * @property {number} from
 * @property {number} to
 */

const MOST = 8;

/** @param {string} text @param {number} caret @param {import("../workspace.js").Workspace} workspace @returns {Suggestion[]} */
export function suggestions(text, caret, workspace) {
  const before = text.slice(0, caret);
  if (/^\/\S*$/.test(before)) return commands(before, workspace);
  const word = before.match(/(?:^|[\s(=])([@#])([\w.-]*)$/);
  if (!word) return [];
  const from = caret - word[2].length - 1;
  return (word[1] === "@" ? people : channels)(word[2].toLowerCase(), workspace)
    .slice(0, MOST)
    .map((found) => ({ ...found, from, to: caret }));
}

/** @param {string} typed @param {import("../workspace.js").Workspace} workspace */
function commands(typed, workspace) {
  const rank = (/** @type {any} */ c) => (c.command.startsWith(typed) ? 0 : typed.length > 2 && c.command.includes(typed.slice(1)) ? 1 : 2);
  const app = workspace.app()?.real_name ?? "";
  return workspace.commands
    .filter((/** @type {any} */ c) => rank(c) < 2)
    .sort((/** @type {any} */ a, /** @type {any} */ b) => rank(a) - rank(b) || (a.command < b.command ? -1 : 1))
    .map((/** @type {any} */ c) => ({ key: c.command, title: c.command, hint: c.usage_hint, detail: c.description, tag: app, insert: `${c.command} `, from: 0, to: typed.length }));
}

/** @param {string} typed @param {import("../workspace.js").Workspace} workspace */
function people(typed, workspace) {
  const matches = (/** @type {any} */ u) => [u.name, ...(u.real_name ?? "").split(" ")].some((part) => part.toLowerCase().startsWith(typed));
  const users = [...workspace.users.values()].filter((u) => u.id !== "USLACKBOT" && matches(u));
  const groups = [...workspace.groups.values()].filter((g) => g.handle.toLowerCase().startsWith(typed));
  const broadcasts = ["here", "channel"].filter((word) => typed && word.startsWith(typed));
  return [
    ...users.map((u) => ({ key: u.id, title: u.real_name || u.name, hint: `@${u.name}`, detail: u.is_bot ? "App" : u.title, insert: `@${u.name} ` })),
    ...groups.map((g) => ({ key: g.id, title: `@${g.handle}`, detail: g.name, insert: `@${g.handle} ` })),
    ...broadcasts.map((word) => ({ key: word, title: `@${word}`, detail: "Notify people in this channel", insert: `@${word} ` })),
  ];
}

/** @param {string} typed @param {import("../workspace.js").Workspace} workspace */
function channels(typed, workspace) {
  return [...workspace.channels.values()]
    .filter((c) => c.name.startsWith(typed))
    .map((c) => ({ key: c.id, title: `#${c.name}`, detail: c.topic, insert: `#${c.name} ` }));
}

/** The command that a text begins with, when its name is complete. @param {string} text @param {import("../workspace.js").Workspace} workspace */
export function commandOf(text, workspace) {
  const name = text.match(/^(\/\S+)\s/)?.[1];
  return workspace.commands.find((/** @type {any} */ c) => c.command === name) ?? null;
}
