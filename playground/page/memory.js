/** Small things this browser remembers: the theme, who one was, what was read. */

const PREFIX = "local-workspace.";

/** @param {string} key @returns {string|null} */
export function recall(key) {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
export function remember(key, value) {
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // A browser that refuses storage still works; it only forgets.
  }
}

/** The newest message seen in each channel, for one user. */
export class ReadMarks {
  /** @param {string} team @param {string} user */
  constructor(team, user) {
    this.key = `read.${team}.${user}`;
    /** @type {Record<string, string>} */
    this.marks = JSON.parse(recall(this.key) ?? "{}");
  }

  /** @param {string} channel */
  get(channel) {
    return this.marks[channel] ?? "0";
  }

  /** @param {string} channel @param {string} ts */
  set(channel, ts) {
    if (ts <= this.get(channel)) return;
    this.marks[channel] = ts;
    remember(this.key, JSON.stringify(this.marks));
  }
}
