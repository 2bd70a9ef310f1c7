/** The bar at the top: the workspace, the connection, the theme, the playground and who you are. */

import { fill, h, icon } from "../dom.js";
import { avatar } from "./message.js";

/** @typedef {import("../app.js").App} App */

/** @param {App} app @param {HTMLElement} box */
export function drawTopbar(app, box) {
  const on = app.workspace.faults.filter((/** @type {any} */ f) => f.on).length;
  const focused = /** @type {any} */ (document.activeElement)?.dataset?.testid;
  const dark = app.theme.isDark();
  fill(box,
    h("button", { type: "button", class: "bar-button drawer-button", "aria-label": "Channels", "aria-expanded": String(document.body.classList.contains("drawer-open")), "data-testid": "drawer", on: { click: () => app.toggleDrawer() } }, icon("menu")),
    h("div", { class: "workspace-name" }, h("strong", {}, "Local workspace"), h("small", {}, app.workspace.team?.name ?? "")),
    h("div", { class: `connection ${app.connection}`, role: "status", "data-testid": "connection" }, CONNECTION[app.connection]),
    h("button", { type: "button", class: on ? "bar-button has-faults" : "bar-button", "aria-pressed": String(app.aside.kind === "guide"), "data-testid": "playground-toggle", "aria-label": on ? `Playground, ${on} faults on` : "Playground", on: { click: () => app.toggleAside("guide") } },
      icon("sliders"), h("span", { class: "bar-text" }, "Playground"), on > 0 && h("span", { class: "badge" }, on)),
    h("button", { type: "button", class: "bar-button", "aria-label": dark ? "Use light colours" : "Use dark colours", title: dark ? "Use light colours" : "Use dark colours", "data-testid": "theme", on: { click: () => app.theme.toggle() } }, icon(dark ? "sun" : "moon")),
    switcher(app));
  if (focused && !box.contains(document.activeElement)) /** @type {any} */ (box.querySelector(`[data-testid="${CSS.escape(focused)}"]`))?.focus();
}

const CONNECTION = { live: "", connecting: "Connecting…", lost: "Connection lost. Trying again…" };

/** @param {App} app */
function switcher(app) {
  const me = app.workspace.users.get(app.workspace.me) ?? { name: app.workspace.me };
  const people = [...app.workspace.users.values()].filter((u) => !u.is_bot);
  const name = (/** @type {any} */ u) => `${u.real_name || u.name}${u.title ? ` — ${u.title}` : ""}`;
  const select = h("select", { "aria-label": "You are", "data-testid": "user-switch", on: { change: () => app.switchUser(select.value) } },
    people.map((u) => h("option", { value: u.id, selected: u.id === me.id }, name(u))));
  return h("div", { class: "user-switch", title: "Switch to another person" }, avatar(me),
    h("div", { class: "user-text", "aria-hidden": "true" }, h("strong", {}, me.real_name || me.name), h("small", {}, me.title || `@${me.name}`)), h("span", { class: "caret", "aria-hidden": "true" }), select);
}
