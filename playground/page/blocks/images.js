/** Images; one that does not load leaves its description. */

import { h } from "../dom.js";
import { plain } from "../text/mrkdwn.js";

/** @typedef {import("../text/names.js").Directory} Directory */

/** @param {string} url */
const isShowable = (url) => /^(https?:|\/|data:image\/(png|jpeg|gif|webp);)/.test(url);

/** Where the page fetches a file of the workspace, as its user. @param {Directory} names @param {string} id @param {string} [name] @param {boolean} [saves] */
export function fileAddress(names, id, name = "file", saves = false) {
  const place = `/files-pri/${encodeURIComponent(`${names.team?.id ?? ""}-${id}`)}/${saves ? "download/" : ""}`;
  return `${place}${encodeURIComponent(name)}?user=${encodeURIComponent(names.me)}`;
}

/** @param {string} url @param {string} alt @param {string} className */
export function picture(url, alt, className) {
  if (!url || !isShowable(url)) return h("span", { class: "image-missing", role: "img", "aria-label": alt }, alt);
  const image = h("img", { src: url, alt, class: className, loading: "lazy", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(h("span", { class: "image-missing", role: "img", "aria-label": alt }, alt || "Image")));
  return image;
}

/** The address of an image: its own, or that of a file named by id or by Slack's address. @param {any} image @param {Directory} names */
function addressOf(image, names) {
  const { id, url } = image.slack_file ?? {};
  const file = id ?? /\/files-pri\/[^/]*-(F[A-Z0-9]+)\//.exec(url ?? "")?.[1];
  return file ? fileAddress(names, file) : image.image_url ?? url ?? "";
}

/** @param {any} element @param {{names: Directory}} ctx */
export const imageElement = (element, { names }) => picture(addressOf(element, names), element.alt_text ?? "", "image-small");

/** @param {any} block @param {{names: Directory}} ctx */
export function imageBlock(block, { names }) {
  const shown = picture(addressOf(block, names), block.alt_text ?? "", "image-large");
  return h("figure", { class: "image-block", "data-block-id": block.block_id },
    block.title && h("figcaption", {}, plain(block.title.text)),
    block.slack_file ? h("a", { href: addressOf(block, names), target: "_blank", rel: "noopener" }, shown) : shown);
}
