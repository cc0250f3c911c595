// What a stress run says of each scenario, supervisory path and case of a horizon.

import { element, table } from "/page/dom.js";
import { count, money, share } from "/page/format.js";

/** Draw scenarios, and each supervisory path by its worst quarter. */
export function scenarios({ currency, stress_tests: tests = [], supervisory: paths = [] }) {
  const rows = [...tests, ...paths.map(worstQuarter)];
  if (rows.length === 0) return [];
  const amount = (title, name) => ({
    title, number: true, cell: (row) => money(row[name], currency),
  });
  const columns = [
    {
      title: "Scenario",
      cell: (row) => [row.scenario_id, element("span", { class: "under" }, row.description)],
    },
    {
      title: "Interest rate", number: true,
      cell: (row) => share(row.interest_rate_pct / 100),
    },
    amount("Collateral", "collateral_value"),
    amount("Collateral lost", "collateral_loss"),
    amount("Net exposure", "net_exposure_after_recovery"),
    amount("Loss", "loss_estimate"),
  ];
  return [element("h2", {}, "Scenarios"), table("Scenarios", columns, rows, { stack: true })];
}

function worstQuarter(path) {
  return {
    ...path.quarters.find((one) => one.quarter === path.peak_quarter),
    scenario_id: path.path_id,
    description: `${path.title}: in ${path.peak_quarter}, its worst quarter of `
      + `${count(path.quarters.length)}`,
  };
}

/** Draw the cases of a horizon: defaults at its end, and what the findings of each measure. */
export function horizonCases({ currency, horizon }, findings) {
  const values = new Map(findings.map((one) => [one.title, one.value]));
  const found = (title, category) => ({
    title, number: true,
    cell: (one) => money(values.get(`${category}:${one.case_id}`), currency),
  });
  const columns = [
    {
      title: "Case",
      cell: (one) => [one.case_id, element("span", { class: "under" }, one.description)],
    },
    {
      title: "Obligors in default", number: true,
      cell: (one) => count(one.steps.at(-1).obligors_in_default),
    },
    {
      title: "Owing", number: true,
      cell: (one) => money(one.steps.at(-1).debt_in_default, currency),
    },
    found("Shortfall", "liquidity"),
    {
      title: "In breach", number: true,
      cell: (one) => (isTested(one)
        ? money(values.get(`covenants:${one.case_id}`), currency) : "not tested"),
    },
    found("Refinancing gap", "refinancing"),
    found("Claims unpaid", "recovery"),
  ];
  return [
    element("h2", {}, `${count(horizon.months)} months from ${horizon.as_of}`),
    table("Cases", columns, horizon.cases, { stack: true }),
  ];
}

const isTested = ({ covenants }) =>
  covenants.some((one) => one.tested_count > 0 || one.breach_count > 0);
