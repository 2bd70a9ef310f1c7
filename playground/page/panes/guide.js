/** What to try first, and the faults that can be switched on. */

import { fill, h } from "../dom.js";

/** @typedef {import("../app.js").App} App */

const STEPS = [
  ["/incident declare SEV2 miyabi-api Elevated 5xx", "Opens a channel for the incident, pins its headline and posts the first update."],
  ["/scale architect-api 6", "Shows what will change before anything does; press Run and watch the pods come up."],
  ["/rollback delivery-standard", "Plans the way back to the release before. It may need a second person to approve."],
];

const MORE = [
  ["/health miyabi-infra", "A whole system in a few lines, the worst first."],
  ["/logs delivery-standard ERROR since=4h", "The newest lines; the rest is a file."],
  ["/metrics architect-api latency since=6h", "A chart with the runbook's limits."],
  ["/runbook architect-api api-down", "Each step a button that runs its command with your rights."],
  ["/db architect-db locks", "Who waits behind whom in a real PostgreSQL, where one is installed."],
  ["/restore miyabi-db miyabi-db-pre-migration because bad migration", "Beside what is in use. While an incident of it is open, only in that incident's channel."],
  ["/block miyabi-dev 203.0.113.50 because it scans us", "At the load balancer; never everyone, never ourselves."],
  ["/maintenance schedule architect-db sunday-03:00 1h Vacuum", "Announced, reminded of, with its checklists."],
];

/** @param {App} app @param {HTMLElement} box */
export function drawGuide(app, box) {
  const focused = /** @type {any} */ (document.activeElement)?.dataset?.testid;
  fill(box,
    h("section", { class: "guide" },
      h("h3", {}, "Try this"),
      h("p", { class: "quiet" }, "A click puts the command in the box. Nothing runs until you send it."),
      h("ol", { class: "steps" }, STEPS.map(([command, says], index) => h("li", {}, step(app, command, says, index)))),
      h("p", { class: "quiet" }, "Then switch to another person at the top right: the same button may be refused, or be the approval that was missing.")),
    h("section", { class: "guide" },
      h("h3", {}, "And then"),
      h("ol", { class: "steps" }, MORE.map(([command, says], index) => h("li", {}, step(app, command, says, STEPS.length + index)))),
      h("p", { class: "quiet" }, `${installed(app, "/ops help")} lists everything.`)),
    h("section", { class: "guide" },
      h("h3", {}, "Make it fail"),
      h("p", { class: "quiet" }, "Faults hit the local servers at once and stay on until switched off."),
      h("ul", { class: "faults" }, app.workspace.faults.map((/** @type {any} */ fault) => h("li", {}, faultSwitch(app, fault))))));
  if (focused && !box.contains(document.activeElement)) /** @type {any} */ (box.querySelector(`[data-testid="${CSS.escape(focused)}"]`))?.focus();
}

/**
 * A command as the app's manifest has it: under its own name, with a prefix, or behind `ops`.
 * @param {App} app @param {string} command
 */
function installed(app, command) {
  const [verb, ...rest] = command.slice(1).split(" ");
  const names = app.workspace.commands.map((/** @type {any} */ c) => c.command);
  const named = (/** @type {string} */ word) => names.find((name) => name === `/${word}` || name.endsWith(`-${word}`) || name.endsWith(`_${word}`));
  const own = named(verb);
  return own ? [own, ...rest].join(" ") : [named("ops") ?? "/ops", verb, ...rest].join(" ");
}

/** @param {App} app @param {string} written @param {string} says @param {number} index */
function step(app, written, says, index) {
  const command = installed(app, written);
  return h("button", { type: "button", class: "step", "data-testid": `try-${index + 1}`, on: { click: () => app.offerCommand(command) } }, h("code", {}, command), h("span", {}, says));
}

/** @param {App} app @param {any} fault */
function faultSwitch(app, fault) {
  return h("button", {
    type: "button", class: "switch-row", role: "switch", "aria-checked": String(Boolean(fault.on)), "data-testid": `fault-${fault.id}`,
    on: { click: () => app.switchFault(fault.id, !fault.on) },
  }, h("span", { class: "switch", "aria-hidden": "true" }), h("span", {}, h("strong", {}, fault.title), h("small", {}, fault.explains)));
}
