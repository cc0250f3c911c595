// Figures as a reader takes them in; the same words on every machine.

import { element } from "/page/dom.js";

const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const CENTS = fixed(2);
const ONE = fixed(1);
const DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 6 });
const SIZES = [[1e12, " T"], [1e9, " bn"], [1e6, " M"], [1e3, " k"]];
const NONE = "—";

function fixed(digits) {
  const told = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat("en-US", told);
}

export const count = (value) => (Number.isFinite(value) ? COUNT.format(value) : NONE);
/** Write a count with what is counted: 1 cell, 2 cells. */
export const counted = (value, one, many = `${one}s`) =>
  `${count(value)} ${value === 1 ? one : many}`;

export const figure = (value) => (Number.isFinite(value) ? DIGITS.format(value) : NONE);
export const percent = (fraction) =>
  (Number.isFinite(fraction) ? `${DIGITS.format(100 * fraction)} %` : NONE);

/** Write a share to the hundredth of a percent. */
export const share = (fraction) => percent(Number(fraction.toFixed(4)));

/** Write an amount to its cents: 1,170,000.00 EUR. */
export function exactly(amount, currency) {
  return Number.isFinite(amount) ? `${CENTS.format(amount)} ${currency}` : NONE;
}

/** Write an amount so that a person takes it in: 41.2 M EUR; the exact one is its title. */
export function money(amount, currency) {
  if (!Number.isFinite(amount)) return NONE;
  const exact = exactly(amount, currency);
  const found = SIZES.find(([size]) => Math.abs(amount) >= size);
  if (!found) return exact;
  const short = `${ONE.format(amount / found[0])}${found[1]} ${currency}`;
  return element("span", { title: exact, class: "money" }, short);
}

/** Choose the unit in which amounts are short, and name it. */
export function unit(largest, currency) {
  const words = [[1e9, "billion "], [1e6, "million "], [1e3, "thousand "]];
  const [size, word] = words.find(([least]) => largest >= 10 * least) ?? [1, ""];
  return { size, name: `${word}${currency}` };
}

export function bytes(size) {
  if (!Number.isFinite(size)) return NONE;
  const steps = [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]];
  const step = steps.find(([least]) => size >= least);
  return step ? `${ONE.format(size / step[0])} ${step[1]}` : `${count(size)} B`;
}

/** Write a duration in seconds. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return NONE;
  return seconds < 1 ? `${DIGITS.format(Number((1e3 * seconds).toPrecision(3)))} ms`
    : `${DIGITS.format(Number(seconds.toPrecision(3)))} s`;
}

/** Write a moment, in UTC as the ledger keeps it. */
export function moment(text, { seconds = false } = {}) {
  const [, day, minute, second] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?/.exec(text) ?? [];
  if (!day) return text;
  const time = seconds && second ? minute + second : minute;
  return element("time", { datetime: text, title: text }, `${day} ${time} UTC`);
}

/** Turn a name of the wire into words: debt_stress is Debt stress. */
export function words(name) {
  const text = name.replaceAll("_", " ").replaceAll(":", ": ").trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Write the end of an identifier: what begins alike was made at about the same time. */
export const ending = (id) => `…${id.slice(-6)}`;

/** Name a dataset by its file; what came without one by its form. */
export function nameOf(source) {
  return source.name || `${String(source.format ?? "").toUpperCase()} records`;
}
