// Elements from data. A text becomes a text node, never markup, and nothing of it stays hidden.

const SVG = "http://www.w3.org/2000/svg";
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Write out characters that would not be seen, or would change how their neighbours are read. */
function visible(text, { lines = false } = {}) {
  return text.replace(UNSEEN, (character) => {
    if (lines && (character === "\n" || character === "\t")) return character;
    return `\\u{${character.codePointAt(0).toString(16)}}`;
  });
}

/** Make an element. An attribute that is null, undefined or false is left out. */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** Make an element of a drawing. */
export function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  const lines = made.localName === "pre" || made.localName === "code";
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    made.append(child instanceof Node ? child : visible(String(child), { lines }));
  }
  return made;
}

/**
 * Make a table.
 *
 * A column is {title, cell: row => child or children, number, whole}; the first one names the row.
 * One that is "whole" breaks no word, however much another one has to say.
 * "stack" lays rows out as cards where the window is narrow; otherwise the table scrolls alone.
 */
export function table(name, columns, rows, { stack = false } = {}) {
  const head = columns.map((column) =>
    element("th", { scope: "col", class: column.number && "n" }, column.title));
  const body = rows.map((row) => element("tr", {}, columns.map((column, place) =>
    element(place ? "td" : "th", {
      scope: place ? null : "row",
      class: (column.number && "n") || (column.whole && "whole"),
      "data-title": column.title,
    }, element("div", {}, column.cell(row))))));
  const made = element("table", { "aria-label": name, class: stack && "stack" },
    element("thead", {}, element("tr", {}, head)), element("tbody", {}, body));
  if (stack) return made;
  return element("div", { class: "scroll", role: "region", "aria-label": name, tabindex: 0 }, made);
}

/** Make a list of names and what stands for them; an absent value is left out with its name. */
export function facts(pairs, kind = "identity") {
  return element("dl", { class: kind }, pairs
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => element("div", {},
      element("dt", {}, name), element("dd", {}, value))));
}

/** Make a command to copy: one click selects it whole. */
export function command(text) {
  return element("pre", { class: "command", tabindex: 0, "aria-label": "Command" }, text);
}

/** Say what there is none of, and what to do about it. */
export function empty(text, ...then) {
  return element("div", { class: "empty" }, element("p", {}, text), ...then);
}

/** Say what was refused: code, message, place, and the request's identifier for the log. */
export function problem(refused) {
  return element("div", { class: "problem", role: "alert" },
    element("p", {}, element("code", {}, refused.code), refused.message),
    refused.where && element("p", { class: "muted" }, "at ", element("code", {}, refused.where)),
    refused.retryAfter && element("p", { class: "muted" }, `Ask again in ${refused.retryAfter} s.`),
    refused.requestId && element("p", { class: "muted" },
      "request ", element("code", {}, refused.requestId)));
}
