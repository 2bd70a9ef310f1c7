/** The app's Home, drawn from the view it published for this user. */

import { renderBlocks } from "../blocks/blocks.js";
import { fill, h } from "../dom.js";

/** @param {import("../app.js").App} app @param {HTMLElement} box */
export function drawHome(app, box) {
  const view = app.workspace.home;
  if (!view) return fill(box, h("p", { class: "empty" }, "Waiting for the app to publish its Home…"));
  const ctx = app.blockContext({ view_id: view.id });
  fill(box, h("h2", { class: "unseen" }, "Home"), h("div", { class: "home-view blocks", "data-testid": "home-view" }, renderBlocks(view.blocks, ctx), ctx.form.failure && h("p", { class: "action-failure", role: "alert" }, ctx.form.failure)));
}
