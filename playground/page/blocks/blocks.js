/** Block Kit blocks as nodes. */

import { h, uniqueId } from "../dom.js";
import { markdown } from "../text/markdown.js";
import { lines, mrkdwn, plain, textObject } from "../text/mrkdwn.js";
import { richText } from "../text/rich_text.js";
import { renderElement, unsupported } from "./elements.js";
import { imageBlock, imageElement } from "./images.js";

/** @typedef {import("./form.js").BlockContext} BlockContext */

/** @type {Record<string, (block: any, ctx: BlockContext) => Node>} */
const BLOCKS = { header, section, context, divider, actions, input, image: imageBlock, rich_text: rich, markdown: mark, table, file: remoteFile };

/** @param {any[]} blocks @param {BlockContext} ctx @returns {Node[]} */
export const renderBlocks = (blocks, ctx) => blocks.map((block) => (BLOCKS[block.type] ?? ((b) => unsupported(b.type)))(block, ctx));

/** @param {any} block */
function header(block) {
  return h("h3", { class: "block-header" }, plain(block.text.text));
}

/** @param {any} block @param {BlockContext} ctx */
function section(block, ctx) {
  const kind = block.accessory?.type === "image" ? "accessory accessory-image" : "accessory";
  return h("div", { class: "block-section", "data-block-id": block.block_id },
    h("div", { class: "section-body" },
      block.text && h("div", { class: "section-text" }, textObject(block.text, ctx)),
      block.fields && h("div", { class: "fields" }, block.fields.map((/** @type {any} */ f) => h("div", { class: "field" }, textObject(f, ctx))))),
    block.accessory && h("div", { class: kind }, renderElement(block.accessory, block.block_id ?? "", ctx)));
}

/** @param {any} block @param {BlockContext} ctx */
function context(block, ctx) {
  return h("div", { class: "block-context" },
    block.elements.map((/** @type {any} */ part) => (part.type === "image" ? imageElement(part, ctx) : h("span", {}, textObject(part, ctx)))));
}

function divider() {
  return h("hr", { class: "block-divider" });
}

/** @param {any} block @param {BlockContext} ctx */
function actions(block, ctx) {
  return h("div", { class: "block-actions", "data-block-id": block.block_id },
    block.elements.map((/** @type {any} */ element) => renderElement(element, block.block_id ?? "", ctx)));
}

/** @param {any} block @param {BlockContext} ctx */
function rich(block, ctx) {
  return h("div", { class: "block-rich" }, richText(block, ctx));
}

/** @param {any} block */
function mark(block) {
  return h("div", { class: "block-markdown" }, markdown(block.text));
}

/** @param {any} block @param {BlockContext} ctx */
function table(block, ctx) {
  const cell = (/** @type {any} */ c) => (c.type === "rich_text" ? richText(c, ctx) : lines(c.text ?? ""));
  const [head, ...rows] = block.rows;
  return h("div", { class: "table-scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, head.map((/** @type {any} */ c) => h("th", { scope: "col" }, cell(c))))),
    h("tbody", {}, rows.map((/** @type {any} */ row) => h("tr", {}, row.map((/** @type {any} */ c) => h("td", {}, cell(c))))))));
}

/** @param {any} block */
function remoteFile(block) {
  return h("div", { class: "file-card" }, h("span", { class: "file-kind", "aria-hidden": "true" }, "file"), block.external_id ?? "Remote file");
}

/** An input with its label, hint and error. @param {any} block @param {BlockContext} ctx */
function input(block, ctx) {
  const label = uniqueId("label");
  const hint = uniqueId("hint");
  const error = ctx.form.errors[block.block_id];
  const grouped = /^(radio_buttons|checkboxes|multi_)/.test(block.element.type);
  const id = uniqueId("input");
  const described = block.hint || error ? hint : null;
  const labels = { id, "aria-labelledby": label, "aria-describedby": described, "aria-invalid": error ? "true" : null, "aria-required": block.optional || grouped ? null : "true" };
  return h("div", { class: error ? "block-input has-error" : "block-input", "data-block-id": block.block_id },
    h("label", { class: "input-label", id: label, for: grouped ? null : id }, plain(block.label.text), block.optional && h("span", { class: "optional" }, " (optional)")),
    renderElement(block.element, block.block_id, ctx, { labels, dispatches: Boolean(block.dispatch_action) }),
    (block.hint || error) && h("div", { id: hint, class: "input-notes" },
      error && h("p", { class: "input-error" }, error), block.hint && h("p", { class: "input-hint" }, plain(block.hint.text))));
}

/** Legacy attachments: a colour bar beside text, fields and blocks. @param {any} attachment @param {BlockContext} ctx */
export function renderAttachment(attachment, ctx) {
  const colour = { good: "#2eb67d", warning: "#daa038", danger: "#d0342c" }[/** @type {string} */ (attachment.color)] ?? hex(attachment.color);
  const box = h("div", { class: "attachment" },
    attachment.pretext && h("div", { class: "attachment-pretext" }, mrkdwn(attachment.pretext, ctx)),
    attachment.title && h("strong", {}, plain(attachment.title)),
    !attachment.blocks && attachment.text && h("div", {}, mrkdwn(attachment.text, ctx)),
    attachment.fields && h("div", { class: "fields" }, attachment.fields.map((/** @type {any} */ f) => h("div", { class: "field" }, h("strong", {}, plain(f.title ?? "")), h("br"), mrkdwn(f.value ?? "", ctx)))),
    attachment.blocks && renderBlocks(attachment.blocks, ctx),
    attachment.footer && h("div", { class: "block-context" }, plain(attachment.footer)));
  if (colour) box.style.setProperty("--bar", colour);
  return box;
}

/** @param {string|undefined} colour */
const hex = (colour) => (/^#?[0-9a-f]{6}$/i.test(colour ?? "") ? `#${/** @type {string} */ (colour).replace("#", "")}` : null);
