// The loss distribution of a simulation: how likely which loss is, and where the tail begins.

import { drawn, element, table } from "/page/dom.js";
import { count, money, percent, unit } from "/page/format.js";

const WIDTH = 760;
const HEIGHT = 320;
const FRAME = { left: 62, right: 14, top: 58, bottom: 46 };

/** Return the distribution with its levels to choose from, and their figures. */
export function lossDistribution(result) {
  const { tails } = result;
  const holder = element("div", { class: "scroll chart", role: "region", tabindex: 0,
    "aria-label": "Loss distribution" });
  const choose = (tail) => holder.replaceChildren(chart(result, tail));
  const middle = tails[Math.floor((tails.length - 1) / 2)];
  const choices = tails.map((tail) => element("label", {},
    element("input", {
      type: "radio", name: "level", checked: tail === middle, onchange: () => choose(tail),
    }), element("span", {}, level(tail))));
  choose(middle);
  return [
    element("h2", {}, "Loss distribution"),
    element("fieldset", { class: "levels" }, element("legend", {}, "Level"), choices),
    holder,
    tailTable(result),
  ];
}

const level = (tail) => percent(tail.confidence_level);

function tailTable({ currency, tails }) {
  return table("Tail figures", [
    { title: "Level", number: true, cell: level },
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
  const bins = histogram.filter((bin) => bin.probability > 0);
  const most = Math.max(...bins.map((bin) => bin.end), tail.expected_shortfall);
  const { size, name } = unit(most, currency);
  const least = Math.min(...bins.map((bin) => bin.probability));
  const floor = 10 ** Math.floor(Math.log10(least / 2));
  const x = (loss) => FRAME.left + (WIDTH - FRAME.left - FRAME.right) * (loss / most);
  const base = HEIGHT - FRAME.bottom;
  const y = (share) => base - (base - FRAME.top) * (Math.log(share / floor) / Math.log(1 / floor));
  const sum = `Expected loss ${inUnit(result.expected_loss, size)}, value at risk at ${level(tail)} `
    + `${inUnit(tail.value_at_risk, size)}, expected shortfall `
    + `${inUnit(tail.expected_shortfall, size)} ${name}`;
  return element("figure", {},
    element("figcaption", {}, sum),
    drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": sum },
      grid(floor, y), bars(bins, tail.value_at_risk, x, y, base),
      ...named(result, tail, { x, size, base }), amounts(most, size, name, x, base),
      drawn("text", { class: "axis", x: 0, y: 12 }, "Probability of such a loss (logarithmic)")),
    element("ul", { class: "legend", "aria-hidden": "true" },
      element("li", { class: "below" }, "up to value at risk"),
      element("li", { class: "beyond" }, "beyond value at risk")));
}

const inUnit = (amount, size) => (amount / size).toLocaleString("en-US", {
  minimumFractionDigits: 1, maximumFractionDigits: 1,
});

function grid(floor, y) {
  const lines = [];
  for (let power = 0; 10 ** power >= floor * 1.01; power -= 1) {
    const at = y(10 ** power);
    lines.push(
      drawn("line", { class: "rule", x1: FRAME.left, x2: WIDTH - FRAME.right, y1: at, y2: at }),
      drawn("text", { class: "axis end", x: FRAME.left - 8, y: at + 4 }, percent(10 ** power)));
  }
  return drawn("g", {}, lines);
}

/** Draw a bar a bin; one that value at risk divides has two parts. */
function bars(bins, risk, x, y, base) {
  const parts = bins.flatMap((bin) => {
    const cut = Math.min(Math.max(risk, bin.begin), bin.end);
    return [["below", bin.begin, cut], ["beyond", cut, bin.end]]
      .filter(([, from, to]) => to > from)
      .map(([part, from, to]) => {
        const top = y(bin.probability);
        return drawn("rect", { class: part, x: x(from), width: x(to) - x(from), y: top,
          height: Math.max(0, base - top) });
      });
  });
  return drawn("g", {}, parts);
}

function named(result, tail, { x, size, base }) {
  const reach = 1.96; // of a normal estimate, for 95 %
  const around = (at, error) => [at - reach * error, at + reach * error];
  const places = [
    ["expected loss", result.expected_loss,
      around(result.expected_loss, result.expected_loss_standard_error), 24],
    [`value at risk (${level(tail)})`, tail.value_at_risk,
      [tail.value_at_risk_low, tail.value_at_risk_high ?? result.histogram.at(-1).end], 38],
    ["expected shortfall", tail.expected_shortfall,
      around(tail.expected_shortfall, tail.expected_shortfall_standard_error), 52],
  ];
  return places.map(([name, loss, [low, high], row]) => {
    const at = x(loss);
    const left = at > 0.6 * WIDTH; // the name stands where there is room
    return drawn("g", {},
      drawn("rect", { class: "band", x: x(low), width: x(high) - x(low), y: row + 6,
        height: base - row - 6 }),
      drawn("line", { class: "mark", x1: at, x2: at, y1: row - 9, y2: base }),
      drawn("text", { class: left ? "name end" : "name", x: at + (left ? -5 : 5), y: row },
        `${name} ${inUnit(loss, size)}`));
  });
}

function amounts(most, size, name, x, base) {
  const step = nice(most / size / 7);
  const marks = [];
  for (let amount = 0; amount <= most / size; amount += step) {
    marks.push(drawn("text", { class: "axis middle", x: x(amount * size), y: base + 18 },
      amount.toLocaleString("en-US", { maximumSignificantDigits: 4 })));
  }
  marks.push(drawn("text", { class: "axis end", x: WIDTH - FRAME.right, y: HEIGHT - 6 },
    `Loss, ${name}`));
  return drawn("g", {}, marks);
}

/** Round a step up to 1, 2 or 5 times a power of ten. */
export function nice(step) {
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5, 10].map((times) => times * power).find((one) => one >= step * (1 - 1e-9));
}
