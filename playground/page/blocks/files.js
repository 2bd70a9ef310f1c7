/** Files of a message: pictures as pictures, text folded with all of it a click away, the rest as a card. */

import { h, icon, uniqueId } from "../dom.js";
import { fileAddress, picture } from "./images.js";

/** Characters of a text that the page shows; all of it is in the download. */
const LONGEST = 200_000;

/** @typedef {import("../text/names.js").Directory} Directory */

/** @param {any} file an entry of a message's `files` @param {Directory} names */
export function fileCard(file, names) {
  if (/^image\//.test(file.mimetype ?? "")) return pictureCard(file, names);
  const isText = file.preview !== undefined;
  return h("div", { class: isText ? "file-card is-text" : "file-card", "data-testid": "file" },
    h("div", { class: "file-head" },
      h("span", { class: "file-kind", "aria-hidden": "true" }, (file.filetype || "file").replace("binary", "bin").slice(0, 4)),
      h("div", { class: "file-text" }, h("strong", {}, titleOf(file)), h("small", {}, facts(file))),
      downloadLink(file, names)),
    isText && textPreview(file, names));
}

/** @param {any} file @param {Directory} names */
function pictureCard(file, names) {
  const whole = fileAddress(names, file.id, file.name);
  return h("figure", { class: "image-block", "data-testid": "file" },
    h("figcaption", { class: "file-head" }, h("span", { class: "file-text" }, titleOf(file)), downloadLink(file, names)),
    h("a", { href: whole, target: "_blank", rel: "noopener" }, picture(whole, file.alt_txt || titleOf(file), "image-large")));
}

/** The first lines, and a button that brings all of them and folds them again. @param {any} file @param {Directory} names */
function textPreview(file, names) {
  const id = uniqueId("text");
  const text = h("pre", { id, tabindex: "0", "aria-label": titleOf(file) }, file.preview);
  if (!file.preview_is_truncated) return text;
  const more = `Show all ${file.lines} ${file.lines === 1 ? "line" : "lines"}`;
  const toggle = h("button", { type: "button", class: "text-button", "aria-expanded": "false", "aria-controls": id, "data-testid": "file-more", on: { click: () => turn() } }, more);
  const turn = async () => {
    const opens = toggle.getAttribute("aria-expanded") === "false";
    toggle.disabled = true;
    text.textContent = opens ? await wholeText(file, names) : file.preview;
    toggle.disabled = false;
    toggle.setAttribute("aria-expanded", String(opens));
    toggle.textContent = opens ? "Show less" : more;
    text.classList.toggle("is-open", opens);
  };
  return [text, toggle];
}

/** @param {any} file @param {Directory} names @returns {Promise<string>} */
async function wholeText(file, names) {
  try {
    const answer = await fetch(fileAddress(names, file.id, file.name));
    if (!answer.ok) return `${file.preview}\n… the rest cannot be fetched (${answer.status}).`;
    const text = await answer.text();
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}\n… the rest is in the download.` : text;
  } catch {
    return `${file.preview}\n… the rest cannot be fetched: the local Slack cannot be reached.`;
  }
}

/** @param {any} file @param {Directory} names */
function downloadLink(file, names) {
  const name = file.name || "file";
  return h("a", { class: "file-download", href: fileAddress(names, file.id, name, true), download: name, title: `Download ${name}`, "aria-label": `Download ${name}`, "data-testid": "file-download" }, icon("download"));
}

/** @param {any} file @returns {string} */
const titleOf = (file) => file.title || file.name || "File";

/** @param {any} file */
function facts(file) {
  const lines = file.lines !== undefined && `${file.lines} ${file.lines === 1 ? "line" : "lines"}`;
  return [file.title && file.title !== file.name && file.name, lines, size(file.size)].filter(Boolean).join(" · ");
}

/** @param {number|undefined} bytes */
function size(bytes) {
  if (bytes === undefined) return "";
  return bytes < 1024 ? `${bytes} B` : bytes < 1_048_576 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
