// Runs: which engine said what of which dataset, and what it found.

import { read } from "/page/api.js";
import { running } from "/page/commands.js";
import { element, empty, facts, table } from "/page/dom.js";
import {
  count, counted, ending, figure, moment, money, nameOf, share, words,
} from "/page/format.js";
import { more } from "/page/lists.js";
import { lossDistribution } from "/page/losses.js";
import { horizonCases, scenarios } from "/page/scenarios.js";

export async function runs() {
  const path = "/api/v3/runs";
  const [page, known] = await Promise.all([
    read(path),
    read("/api/v3/datasets", {
      limit: 1_000, fields: "dataset_version_id,source,record_count",
    }),
  ]);
  const sources = new Map(known.items.map((one) => [one.dataset_version_id, one]));
  const body = [element("h1", {}, "Runs")];
  if (page.items.length) {
    body.push(...await more(path, {}, page, (rows) => runTable(rows, sources)));
  } else if (known.items.length) {
    const [{ dataset_version_id: id }] = known.items;
    body.push(empty("Nothing was run yet. Stress the newest dataset:", running(id)));
  } else {
    body.push(empty("Nothing was run yet, and there is no dataset to run on.",
      element("p", {}, element("a", { href: "#/datasets" }, "Begin with a dataset"))));
  }
  return { title: "Runs", body };
}

/** Draw runs; with datasets by identifier, the one of each run too. */
export function runTable(rows, sources = null) {
  return table("Runs", [
    {
      title: "Run",
      cell: (row) => [
        element("a", { href: `#/runs/${row.run_id}` },
          `${words(row.engine)} ${row.engine_version} ${ending(row.run_id)}`),
        element("span", { class: "under id" }, row.run_id),
      ],
    },
    ...(sources ? [{ title: "Dataset", cell: (row) => sourceOf(row, sources) }] : []),
    { title: "Written", whole: true, cell: (row) => moment(row.created_at, { seconds: true }) },
    { title: "As of", whole: true, cell: (row) => moment(row.started_at) },
    { title: "Asked by", cell: (row) => row.created_by },
  ], rows, { stack: true });
}

function sourceOf({ dataset_version_id: id }, sources) {
  const found = sources.get(id);
  return [
    element("a", { href: `#/datasets/${id}` }, found ? nameOf(found.source) : id),
    found && element("span", { class: "under" },
      `${ending(id)}, ${counted(found.record_count, "record")}`),
  ];
}

export async function run(id) {
  const found = await read(`/api/v3/runs/${id}`);
  const { source } = await read(`/api/v3/datasets/${found.dataset_version_id}`);
  const { result, findings } = found;
  const title = words(found.engine);
  const body = [
    element("p", { class: "kind" }, "Run"),
    element("h1", {}, title),
    element("p", { class: "when" }, "of ",
      element("a", { href: `#/datasets/${found.dataset_version_id}` }, nameOf(source)),
      ", as of ", moment(found.started_at)),
    tiles(result, findings),
    ...(result.histogram ? lossDistribution(result) : []),
    element("h2", {}, "Findings"),
    findings.length ? findingTable(findings)
      : element("p", {}, "This run found nothing."),
    ...scenarios(result),
    ...(result.horizon ? horizonCases(result, findings) : []),
    ...assumptions(result.assumptions ?? []),
    element("h2", {}, "The question"),
    facts([
      ["Run", element("code", {}, found.run_id)],
      ["Engine", `${found.engine} ${found.engine_version}`],
      ["Asked by", found.created_by],
      ["Written", moment(found.created_at)],
    ]),
    element("details", {}, element("summary", {}, "Parameters"),
      element("pre", { tabindex: 0, "aria-label": "Parameters" },
        JSON.stringify(found.parameters, null, 2))),
  ];
  return { title, body };
}

function tiles(result, findings) {
  const { currency, debt_exposure: exposure } = result;
  const amount = (value) => (value === undefined ? null : money(value, currency));
  const material = findings.filter((one) => one.is_material).length;
  return facts([
    ["Material findings", `${material} of ${findings.length}`],
    ["Outstanding", amount(exposure?.total_outstanding)],
    ["Collateral", amount(exposure?.collateral_value)],
    ["Net exposure", amount(exposure?.net_exposure_after_recovery)],
    ["Exposure", amount(result.exposure)],
    ["Expected loss", amount(result.expected_loss)],
    ["Scenarios", result.scenario_count === undefined ? null : count(result.scenario_count)],
    ["Records", result.record_count === undefined ? null : count(result.record_count)],
    ["Obligors", result.obligor_count === undefined ? null : count(result.obligor_count)],
  ], "tiles");
}

function findingTable(findings) {
  return table("Findings", [
    {
      title: "Finding",
      cell: (row) => [
        element("a", { href: `#/findings/${row.id}` }, row.title),
        element("span", { class: "under" }, row.description),
      ],
    },
    { title: "Metric", cell: (row) => words(row.metric) },
    { title: "Value", number: true, cell: (row) => valued(row, row.value) },
    { title: "Threshold", number: true, cell: (row) => valued(row, row.threshold) },
    { title: "Of the book", number: true, cell: (row) => share(row.impact_score) },
    { title: "Material", cell: (row) => materiality(row) },
  ], findings, { stack: true });
}

/** Say whether a finding's value and threshold are amounts: its value is its financial impact. */
export const isAmount = (finding) => finding.value === finding.financial_impact.amount;

/** Write a finding's figure. */
export function valued(finding, value) {
  return isAmount(finding) ? money(value, finding.financial_impact.currency) : figure(value);
}

export function materiality(finding) {
  return finding.is_material
    ? element("strong", { class: "material" }, "material")
    : element("span", { class: "muted" }, "not material");
}

function assumptions(texts) {
  if (texts.length === 0) return [];
  return [element("h2", {}, "Assumptions"),
    element("ul", {}, texts.map((text) => element("li", {}, text)))];
}
