/** Slack's date tokens, rendered in the reader's own zone; pure: the present is an argument. */

const DAY_MS = 86_400_000;

/** @param {Date} date @param {Intl.DateTimeFormatOptions} options */
const part = (date, options) => new Intl.DateTimeFormat("en-US", options).format(date);

/** @param {number} n */
function ordinal(n) {
  const teen = n % 100 > 10 && n % 100 < 14;
  return `${n}${teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
}

/** @param {number} n */
const two = (n) => String(n).padStart(2, "0");

/** Whole days from today to that date. @param {Date} date @param {Date} now */
function daysAway(date, now) {
  const midnight = (/** @type {Date} */ d) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
  return Math.round((midnight(date) - midnight(now)) / DAY_MS);
}

/** @param {Date} date @param {Date} now @param {string} otherwise @param {boolean} [capital] */
function pretty(date, now, otherwise, capital = false) {
  const word = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[daysAway(date, now)];
  if (!word) return otherwise;
  return capital ? word[0].toUpperCase() + word.slice(1) : word;
}

/** @param {Date} date @param {Date} now */
export function ago(date, now) {
  const seconds = Math.round((now.getTime() - date.getTime()) / 1000);
  const size = Math.abs(seconds);
  if (size < 45) return seconds >= 0 ? "just now" : "in a moment";
  /** @type {[number, string][]} */
  const steps = [[86_400, "day"], [3_600, "hour"], [60, "minute"]];
  const [unit, name] = steps.find(([length]) => size >= length * 0.95) ?? [60, "minute"];
  const count = Math.max(1, Math.round(size / unit));
  const words = `${count} ${name}${count === 1 ? "" : "s"}`;
  return seconds >= 0 ? `${words} ago` : `in ${words}`;
}

/** @param {Date} date */
export const clock = (date) => part(date, { hour: "numeric", minute: "2-digit" });

/** @type {Record<string, (date: Date, now: Date) => string>} */
const TOKENS = {
  date_num: (d) => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`,
  date_slash: (d) => `${two(d.getMonth() + 1)}/${two(d.getDate())}/${d.getFullYear()}`,
  date: (d) => `${part(d, { month: "long" })} ${ordinal(d.getDate())}, ${d.getFullYear()}`,
  date_short: (d) => `${part(d, { month: "short", day: "numeric" })}, ${d.getFullYear()}`,
  date_long: (d) => `${part(d, { weekday: "long" })}, ${TOKENS.date(d, d)}`,
  date_long_full: (d) => part(d, { weekday: "long", month: "long", day: "numeric", year: "numeric" }),
  date_pretty: (d, now) => pretty(d, now, TOKENS.date(d, now)),
  date_short_pretty: (d, now) => pretty(d, now, TOKENS.date_short(d, now)),
  date_long_pretty: (d, now) => pretty(d, now, TOKENS.date_long(d, now)),
  day_divider_pretty: (d, now) => pretty(d, now, part(d, { weekday: "long", month: "long", day: "numeric" })),
  time: (d) => clock(d),
  time_secs: (d) => part(d, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago: (d, now) => ago(d, now),
};

/**
 * Fills a format such as `{date_short_pretty} {time}`; null when it names an unknown token.
 * @param {number} seconds since the epoch @param {string} format @param {Date} now
 */
export function formatDate(seconds, format, now) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let known = true;
  const text = format.replace(/\{(\w+)\}/g, (whole, token) => {
    known &&= token in TOKENS;
    return TOKENS[token]?.(date, now) ?? whole;
  });
  return known ? text : null;
}

/** A time with its date and zone, for tooltips. @param {number} seconds */
export function fullTime(seconds) {
  return part(new Date(seconds * 1000), { dateStyle: "full", timeStyle: "long" });
}

/** The heading between two days of messages. @param {number} seconds @param {Date} now */
export function dayHeading(seconds, now) {
  const date = new Date(seconds * 1000);
  return pretty(date, now, part(date, { weekday: "long", month: "long", day: "numeric" }), true);
}
