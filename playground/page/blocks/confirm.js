/** The dialog that asks before an action; resolves to whether the person said yes. */

import { fill, h, uniqueId } from "../dom.js";
import { plain, textObject } from "../text/mrkdwn.js";

/** @param {any} confirm Slack's confirmation object @param {import("./form.js").BlockContext} ctx @returns {Promise<boolean>} */
export function askConfirm(confirm, ctx) {
  const title = uniqueId("confirm");
  const dialog = h("dialog", { class: "dialog confirm", "aria-labelledby": title, "data-testid": "confirm" });
  const close = (/** @type {string} */ answer) => dialog.close(answer);
  const style = confirm.style === "danger" ? "button danger" : "button primary";
  fill(
    dialog,
    h("h2", { id: title }, plain(confirm.title?.text ?? "Are you sure?")),
    h("div", { class: "confirm-text" }, textObject(confirm.text, ctx)),
    h("div", { class: "dialog-foot" },
      h("button", { type: "button", class: "button", "data-testid": "confirm-deny", on: { click: () => close("no") } }, plain(confirm.deny?.text ?? "Cancel")),
      h("button", { type: "button", class: style, "data-testid": "confirm-ok", on: { click: () => close("yes") } }, plain(confirm.confirm?.text ?? "OK"))),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
