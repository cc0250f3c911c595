// The loss distribution of a simulation: how likely which loss is, and where the tail begins.

import { drawn, element, table } from "/page/dom.js";
import { count, counted, money, percent, unit } from "/page/format.js";

const HEIGHT = 350;
const FRAME = { left: 62, right: 14, top: 76, bottom: 46 };
const WIDE = 1_032;
const LETTER = 6.2; // the width of one, roughly
const NARROW = 358; // letters keep their size where the window is small
const ROWS = [38, 53, 68]; // of names, above the frame; a line begins beside its name
const BESIDE = 5;
const ORDERS = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
const SIDES = Array.from({ length: 8 }, (_, bits) => [0, 1, 2].map((place) => bits >> place & 1));

/** Return the distribution with its levels to choose from, and their figures. */
export function lossDistribution(result) {
  const { tails } = result;
  const title = element("h2", {}, "Loss distribution");
  if (!tails.some((tail) => tail.expected_shortfall > 0)) {
    return [title, element("p", {}, "No scenario loses anything."), tailTable(result)];
  }
  const holder = element("div", {});
  const choose = (tail) => holder.replaceChildren(chart(result, tail));
  const middle = tails[Math.floor((tails.length - 1) / 2)];
  const choices = tails.map((tail) => element("label", {},
    element("input", {
      type: "radio", name: "level", checked: tail === middle, onchange: () => choose(tail),
    }), element("span", {}, level(tail))));
  choose(middle);
  return [
    title,
    element("fieldset", { class: "levels" }, element("legend", {}, "Level"), choices),
    holder,
    tailTable(result),
  ];
}

const level = (tail) => percent(tail.confidence_level);

function tailTable({ currency, tails }) {
  return table("Tail figures", [
    { title: "Level", cell: level },
    { title: "Value at risk", number: true, cell: (tail) => money(tail.value_at_risk, currency) },
    {
      title: "95 % interval", number: true,
      cell: (tail) => [money(tail.value_at_risk_low, currency), " – ",
        tail.value_at_risk_high === null ? "beyond the largest loss"
          : money(tail.value_at_risk_high, currency)],
    },
    {
      title: "Expected shortfall", number: true,
      cell: (tail) => [money(tail.expected_shortfall, currency),
        tail.is_thin && element("span", { class: "under" }, "few scenarios: simulate more")],
    },
    {
      title: "Standard error", number: true,
      cell: (tail) => money(tail.expected_shortfall_standard_error, currency),
    },
    { title: "Scenarios beyond", number: true, cell: (tail) => count(tail.scenarios_beyond) },
  ], tails, { stack: true });
}

function chart(result, tail) {
  const { currency, histogram } = result;
  const width = matchMedia("(max-width: 760px)").matches ? NARROW : WIDE;
  const bins = parted(histogram.filter((bin) => bin.probability > 0), tail);
  const divided = bins.find((bin) => bin.part === "divided");
  const most = Math.max(...bins.map((bin) => bin.end), tail.expected_shortfall);
  const { size, name } = unit(most, currency);
  const least = Math.min(...bins.map((bin) => bin.probability));
  const floor = 10 ** Math.floor(Math.log10(least / 2));
  const x = (loss) => FRAME.left + (width - FRAME.left - FRAME.right) * (loss / most);
  const base = HEIGHT - FRAME.bottom;
  const y = (share) => base - (base - FRAME.top) * (Math.log(share / floor) / Math.log(1 / floor));
  const [mean, risk, shortfall] = [
    result.expected_loss, tail.value_at_risk, tail.expected_shortfall,
  ].map((amount) => inUnit(amount, size));
  const sum = `Expected loss ${mean}, value at risk at ${level(tail)} ${risk}, `
    + `expected shortfall ${shortfall} ${name}`;
  return element("figure", {},
    element("figcaption", {}, sum),
    drawn("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": sum },
      stripes(), grid(floor, y, width), bars(bins, x, y, base),
      ...named(result, tail, { x, size, base, width }),
      amounts(most, { size, name, x, base, width }),
      drawn("text", { class: "axis", x: 0, y: 12 }, "Probability of such a loss (logarithmic)")),
    element("ul", { class: "legend", "aria-hidden": "true" },
      element("li", { class: "below" }, "up to value at risk"),
      divided && element("li", { class: "divided" }, `value at risk is within: beyond it are ${
        count(divided.beyond)} of ${counted(divided.scenario_count, "scenario")}`),
      element("li", { class: "beyond" }, "beyond value at risk")));
}

const inUnit = (amount, size) => (amount / size).toLocaleString("en-US", {
  minimumFractionDigits: 1, maximumFractionDigits: 1,
});

function grid(floor, y, width) {
  const lines = [];
  for (let power = 0; 10 ** power >= floor * 1.01; power -= 1) {
    const at = y(10 ** power);
    lines.push(
      drawn("line", { class: "rule", x1: FRAME.left, x2: width - FRAME.right, y1: at, y2: at }),
      drawn("text", { class: "axis end", x: FRAME.left - 8, y: at + 4 }, percent(10 ** power)));
  }
  return drawn("g", {}, lines);
}

/**
 * Say on which side of value at risk each bin is. One that it divides is drawn apart, whole: where
 * in it the losses lie is not told, and neither of two parts would be as likely as the bin.
 */
function parted(bins, { value_at_risk: risk, scenarios_beyond: all }) {
  const above = bins.filter((bin) => bin.begin > risk);
  const beyond = all - above.reduce((sum, bin) => sum + bin.scenario_count, 0);
  return bins.map((bin) => {
    if (bin.begin > risk) return { ...bin, part: "beyond" };
    return bin.end > risk && beyond > 0 ? { ...bin, part: "divided", beyond }
      : { ...bin, part: "below" };
  });
}

/** Return both colours in turn, for the bin that value at risk divides. */
function stripes() {
  return drawn("pattern", { id: "stripes", width: 6, height: 6, patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)" },
  drawn("path", { class: "below", d: "M0 0h6v6h-6z" }),
  drawn("path", { class: "beyond", d: "M0 0h3v6h-3z" }));
}

function bars(bins, x, y, base) {
  return drawn("g", {}, bins.map((bin) => {
    const top = y(bin.probability);
    return drawn("rect", { class: bin.part, fill: bin.beyond && "url(#stripes)",
      x: x(bin.begin), width: x(bin.end) - x(bin.begin),
      y: top, height: Math.max(0, base - top) });
  }));
}

function named(result, tail, { x, size, base, width }) {
  const reach = 1.96; // of a normal estimate, for 95 %
  const around = (at, error) => [at - reach * error, at + reach * error];
  const figures = [
    ["expected loss", result.expected_loss,
      around(result.expected_loss, result.expected_loss_standard_error)],
    ["value at risk", tail.value_at_risk,
      [tail.value_at_risk_low, tail.value_at_risk_high ?? result.histogram.at(-1).end]],
    ["expected shortfall", tail.expected_shortfall,
      around(tail.expected_shortfall, tail.expected_shortfall_standard_error)],
  ];
  const marks = figures.map(([name, loss]) => ({
    at: x(loss), text: width === NARROW ? name : `${name} ${inUnit(loss, size)}`,
  })); // where there is little room the caption alone has the amounts
  const rows = inRows(marks, width);
  const bands = figures.map(([, , [low, high]]) => drawn("rect", { class: "band",
    x: x(low), width: x(high) - x(low), y: FRAME.top, height: base - FRAME.top }));
  const lines = rows.map(({ at, row }) => drawn("line", { class: "mark", x1: at, x2: at,
    y1: ROWS[row] - 9, y2: base }));
  const names = rows.map(({ at, row, isLeft, text }) => drawn("text", {
    class: isLeft ? "name end" : "name", x: at + (isLeft ? -BESIDE : BESIDE), y: ROWS[row],
  }, text));
  return [...bands, ...lines, ...names];
}

/**
 * Give each mark a row and a side for its name, such that each name is inside the frame and no line
 * crosses one; where that cannot be, as few as can be. Of equals the first: to the right.
 */
function inRows(marks, width) {
  const tried = ORDERS.flatMap((order) => SIDES.map((sides) => marks.map((mark, place) => {
    const [isLeft, length] = [sides[place], BESIDE + LETTER * mark.text.length];
    const [from, to] = isLeft ? [mark.at - length, mark.at] : [mark.at, mark.at + length];
    return { ...mark, row: order[place], isLeft, from, to };
  })));
  const wrong = (rows) => rows.reduce((sum, { row, from, to }) => sum
    + (from < 0 || to > width - FRAME.right ? marks.length : 0)
    + (rows.some((one) => one.row < row && from < one.at && one.at < to) ? 1 : 0), 0);
  return tried.reduce((best, rows) => (wrong(rows) < wrong(best) ? rows : best));
}

function amounts(most, { size, name, x, base, width }) {
  const step = nice((most / size) * (90 / width));
  const marks = [];
  for (let amount = 0; amount <= most / size; amount += step) {
    marks.push(drawn("text", { class: "axis middle", x: x(amount * size), y: base + 18 },
      amount.toLocaleString("en-US", { maximumSignificantDigits: 4 })));
  }
  marks.push(drawn("text", { class: "axis end", x: width - FRAME.right, y: HEIGHT - 6 },
    `Loss, ${name}`));
  return drawn("g", {}, marks);
}

/** Round a step up to 1, 2 or 5 times a power of ten. */
function nice(step) {
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5, 10].map((times) => times * power).find((one) => one >= step * (1 - 1e-9));
}
