// The loss distribution of a simulation: how likely which loss is, and where the tail begins.

import { drawn, element, table } from "/page/dom.js";
import { count, money, percent, unit } from "/page/format.js";

const HEIGHT = 350;
const FRAME = { left: 62, right: 14, top: 76, bottom: 46 };
const WIDE = 1_032;
const LETTER = 6.2; // the width of one, roughly
const NARROW = 358; // letters keep their size where the window is small

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
  const bins = histogram.filter((bin) => bin.probability > 0);
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
      grid(floor, y, width), bars(bins, tail.value_at_risk, x, y, base),
      ...named(result, tail, { x, size, base, width }),
      amounts(most, { size, name, x, base, width }),
      drawn("text", { class: "axis", x: 0, y: 12 }, "Probability of such a loss (logarithmic)")),
    element("ul", { class: "legend", "aria-hidden": "true" },
      element("li", { class: "below" }, "up to value at risk"),
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

/** Draw a bar a bin; one that value at risk divides has two parts. */
function bars(bins, risk, x, y, base) {
  const parts = bins.flatMap((bin) => {
    // A bin that begins at value at risk holds the losses that equal it: of 0, nearly all.
    const cut = bin.begin === risk ? bin.end : Math.min(Math.max(risk, bin.begin), bin.end);
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

function named(result, tail, { x, size, base, width }) {
  const reach = 1.96; // of a normal estimate, for 95 %
  const around = (at, error) => [at - reach * error, at + reach * error];
  const places = [
    ["expected loss", result.expected_loss,
      around(result.expected_loss, result.expected_loss_standard_error), 38],
    ["value at risk", tail.value_at_risk,
      [tail.value_at_risk_low, tail.value_at_risk_high ?? result.histogram.at(-1).end], 53],
    ["expected shortfall", tail.expected_shortfall,
      around(tail.expected_shortfall, tail.expected_shortfall_standard_error), 68],
  ];
  const lines = places.flatMap(([, loss, [low, high], row]) => [
    drawn("rect", { class: "band", x: x(low), width: x(high) - x(low), y: row + 6,
      height: base - row - 6 }),
    drawn("line", { class: "mark", x1: x(loss), x2: x(loss), y1: row - 9, y2: base }),
  ]);
  const names = places.map(([name, loss, , row]) => {
    const text = `${name} ${inUnit(loss, size)}`;
    const isLeft = x(loss) + LETTER * text.length > width - FRAME.right;
    return drawn("text", { class: isLeft ? "name end" : "name", x: x(loss) + (isLeft ? -5 : 5),
      y: row }, text);
  });
  return [...lines, ...names]; // names last: no line crosses them
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
