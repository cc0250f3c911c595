// The way back of a finding: evidence, dataset, record, bytes.

import { read } from "/page/api.js";
import { element, facts, table } from "/page/dom.js";
import {
  bytes, count, counted, exactly, figure, money, nameOf, share, words,
} from "/page/format.js";
import { isAmount, materiality, valued } from "/page/runs.js";

const ACROSS = 32; // characters of a line of bytes that are no text

export async function finding(id, record) {
  const told = await read(`/api/v3/findings/${id}/trace`, { record });
  const { finding: found } = told;
  const steps = [
    step("Finding", found.description, facts([
      ["Value", [valued(found, found.value), element("small", {}, words(found.metric)),
        isAmount(found) && element("small", {}, exactly(found.value, currencyOf(found)))]],
      ["Threshold", valued(found, found.threshold)],
      ["Of the book", share(found.impact_score)],
      ["Materiality", materiality(found)],
    ], "tiles")),
    ...told.evidence.map((one) => evidenceStep(one, id, told.record?.record)),
    datasetStep(told),
    ...(told.record ? [recordStep(told.record), bytesStep(told.record)]
      : [step("Record", "No single record contributes to this figure.")]),
  ];
  return {
    title: found.title,
    body: [
      element("p", { class: "kind" }, "Finding and its trace"),
      element("h1", {}, found.title),
      element("p", { class: "when" }, element("code", {}, told.finding_id)),
      element("ol", { class: "trace" }, steps),
    ],
  };
}

const currencyOf = (found) => found.financial_impact.currency;

function step(name, text, ...body) {
  return element("li", {}, element("h2", {}, name), text && element("p", {}, text), ...body);
}

function evidenceStep(one, id, shown) {
  const { currency, figures = {}, largest_contributors: contributors = [] } = one;
  const single = Object.entries(figures).filter(([, value]) => typeof value === "number");
  return step(`Evidence: ${words(one.kind)}`, null,
    one.formula && element("p", {}, element("code", { class: "formula" }, one.formula)),
    facts([
      ["Evidence", element("code", {}, one.evidence_id)],
      ["Engine", `${one.engine} ${one.engine_version}`],
      ["Records", one.record_count === undefined ? null : count(one.record_count)],
    ]),
    contributors.length > 0 && [
      element("h3", {}, "Largest contributors"),
      contributorTable(contributors, { id, shown, currency }),
    ],
    single.length > 0 && element("details", {}, element("summary", {}, "Figures"),
      table("Figures", [
        { title: "Figure", cell: ([name]) => words(name) },
        { title: "Value", number: true, cell: ([, value]) => figure(value) },
      ], single)),
    element("details", {}, element("summary", {}, "The evidence as it is kept"),
      element("pre", { tabindex: 0, "aria-label": "Evidence" }, JSON.stringify(one, null, 2))));
}

function contributorTable(contributors, { id, shown, currency }) {
  const largest = Math.max(...contributors.map((one) => Math.abs(one.amount)), 0);
  return table("Largest contributors", [
    {
      title: "Record",
      cell: (one) => (Number.isInteger(one.record)
        ? element("a", {
          href: `#/findings/${id}/records/${one.record}`,
          "aria-current": one.record === shown ? "true" : null,
        }, `record ${count(one.record)}`) : "—"),
    },
    { title: "Amount", number: true, cell: (one) => money(one.amount, currency ?? "") },
    {
      title: "",
      cell: (one) => element("meter", {
        min: 0, max: largest || 1, value: Math.abs(one.amount), "aria-label": "of the largest",
      }),
    },
  ], contributors);
}

function datasetStep(told) {
  return step("Dataset", null, facts([
    ["Source", element("a", { href: `#/datasets/${told.dataset_version_id}` },
      nameOf(told.source))],
    ["Size", bytes(told.source.bytes)],
    ["Profile", told.profile_name],
    ["SHA-256", told.source.sha256 && element("code", {}, told.source.sha256)],
    ["Merkle root", element("code", {}, told.merkle_root)],
  ]));
}

const hashes = (path) => counted(path.length, "hash", "hashes");

function recordStep(record) {
  return step(`Record ${count(record.record)}`,
    `Source row ${count(record.source_row)}, of ${counted(record.record_count, "record")}.`,
    element("p", { class: record.proved ? "proved" : "bad" }, record.proved
      ? `Proved: its bytes lead to the Merkle root over ${hashes(record.proof.path)}.`
      : "Not proved: its bytes do not lead to the Merkle root."),
    record.refused.length > 0
      && element("ul", { class: "bad" }, record.refused.map((why) => element("li", {}, why))),
    table("Cells of the record", [
      { title: "Field", whole: true, cell: (cell) => cell.field },
      { title: "As read", cell: (cell) => (cell.raw === "" ? "—" : element("code", {}, cell.raw)) },
      {
        title: "Taken as",
        cell: (cell) => [taken(cell), cell.rules.length > 0
          && element("span", { class: "under" }, cell.rules.map((rule) => words(rule)).join(", "))],
      },
    ], record.cells, { stack: true }));
}

function taken(cell) {
  if (cell.state === "refused") return element("span", { class: "bad" }, `refused: ${cell.reason}`);
  return cell.state === "absent" ? element("span", { class: "muted" }, "absent") : cell.value;
}

function bytesStep(record) {
  const raw = Uint8Array.from(atob(record.source_bytes), (letter) => letter.charCodeAt(0));
  const path = record.proof.path.map((digest) => element("li", {}, element("code", {}, digest)));
  return step("Source bytes", `${counted(raw.length, "byte")}, as they are kept and hashed.`,
    element("pre", { class: "bytes", tabindex: 0, "aria-label": "Source bytes" }, asText(raw)),
    path.length > 0 && element("details", {}, element("summary", {}, "The Merkle path"),
      element("ol", {}, path)));
}

/** Write bytes as the text that they are; those of no text in base 16. */
function asText(raw) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(raw);
  } catch {
    const digits = [...raw].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return digits.match(new RegExp(`.{1,${ACROSS}}`, "g"))?.join("\n") ?? "";
  }
}
