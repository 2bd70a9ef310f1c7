/**
 * Builds elements. Strings always become text nodes, so nothing a person or a bot wrote can turn into markup.
 * @typedef {Node|string|number|null|undefined|false} Child
 */

const PROPERTIES = new Set(["value", "checked", "disabled", "selected", "readOnly", "indeterminate"]);

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] attributes; `on` maps event names to listeners
 * @param {...(Child|Child[])} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) assign(element, name, value);
  element.append(...nodes(children));
  return element;
}

/** @param {any} element @param {string} name @param {any} value */
function assign(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  } else if (PROPERTIES.has(name)) {
    element[name] = value;
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** @param {(Child|Child[])[]} children @returns {(Node|string)[]} */
function nodes(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

/** Replaces what an element holds. @param {Element} element @param {...(Child|Child[])} children */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
}

let lastId = 0;

/** An id no other element of this page has. @param {string} prefix */
export function uniqueId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

const ICONS = {
  bolt: "M13 2 4 14h6l-1 8 9-12h-6z",
  close: "M6 6l12 12M18 6 6 18",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12z M12 9a3 3 0 100 6 3 3 0 000-6z",
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  home: "M3 11 12 4l9 7v9h-6v-6H9v6H3z",
  lock: "M6 11h12v9H6zM8 11V8a4 4 0 018 0v3",
  menu: "M4 7h16M4 12h16M4 17h16",
  moon: "M20 14A8 8 0 1110 4a7 7 0 0010 10z",
  people: "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20a6.5 6.5 0 0113 0M16 4.5a3.5 3.5 0 010 6.5M18 14.5a6.5 6.5 0 013.5 5.5",
  pin: "M9 3h6l-1 7 4 4H6l4-4zM12 14v7",
  reply: "M4 5h16v11H10l-5 4v-4H4z",
  send: "M4 4l17 8-17 8 3-8zM7 12h14",
  sliders: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2",
  warn: "M12 4 2.5 20h19zM12 10v5M12 17.5v.5",
};

/** A line icon, hidden from screen readers. @param {keyof typeof ICONS} name */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}
