/** Images and files; an image that does not load leaves its description. */

import { h } from "../dom.js";
import { plain } from "../text/mrkdwn.js";
import { link } from "../text/names.js";

/** @param {string} url */
const isShowable = (url) => /^(https?:|\/|data:image\/(png|jpeg|gif|webp);)/.test(url);

/** @param {string} url @param {string} alt @param {string} className */
function picture(url, alt, className) {
  if (!url || !isShowable(url)) return h("span", { class: "image-missing", role: "img", "aria-label": alt }, alt);
  const image = h("img", { src: url, alt, class: className, loading: "lazy", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(h("span", { class: "image-missing", role: "img", "aria-label": alt }, alt || "Image")));
  return image;
}

/** @param {any} element */
export const imageElement = (element) => picture(element.image_url ?? element.slack_file?.url, element.alt_text ?? "", "image-small");

/** @param {any} block */
export function imageBlock(block) {
  return h("figure", { class: "image-block" },
    block.title && h("figcaption", {}, plain(block.title.text)),
    picture(block.image_url ?? block.slack_file?.url, block.alt_text ?? "", "image-large"));
}

/** @param {any} file an entry of a message's `files` */
export function fileCard(file) {
  const title = file.title || file.name || "File";
  const url = file.url_private ?? file.permalink ?? "";
  if (/^image\//.test(file.mimetype ?? "") && url) {
    return h("figure", { class: "image-block" }, h("figcaption", {}, title), picture(url, file.alt_txt ?? title, "image-large"));
  }
  return h("div", { class: "file-card" },
    h("span", { class: "file-kind", "aria-hidden": "true" }, (file.filetype || "file").slice(0, 4)),
    h("div", { class: "file-text" }, h("strong", {}, url ? link(url.startsWith("/") ? new URL(url, location.href).href : url, title) : title), h("small", {}, size(file.size))),
    file.preview && h("pre", {}, file.preview));
}

/** @param {number|undefined} bytes */
function size(bytes) {
  if (bytes === undefined) return "";
  return bytes < 1024 ? `${bytes} B` : bytes < 1_048_576 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
