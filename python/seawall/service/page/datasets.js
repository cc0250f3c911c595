// Datasets: what there is, how large, and what of it was refused.

import { read } from "/page/api.js";
import { ingesting, running } from "/page/commands.js";
import { element, empty, facts, table } from "/page/dom.js";
import { bytes, count, counted, figure, moment, nameOf, words } from "/page/format.js";
import { more } from "/page/lists.js";
import { runTable } from "/page/runs.js";

export async function datasets() {
  const path = "/api/v3/datasets";
  const page = await read(path);
  const body = [element("h1", {}, "Datasets")];
  if (page.items.length === 0) {
    body.push(empty("There is no dataset yet. Send a file of loans:", ingesting()));
  } else body.push(...await more(path, {}, page, datasetTable));
  return { title: "Datasets", body };
}

function datasetTable(rows) {
  return table("Datasets", [
    {
      title: "Dataset",
      cell: (row) => [
        element("a", { href: `#/datasets/${row.dataset_version_id}` }, nameOf(row.source)),
        element("span", { class: "under id" }, row.dataset_version_id),
      ],
    },
    { title: "Arrived", cell: (row) => moment(row.created_at) },
    { title: "Profile", cell: (row) => row.profile },
    { title: "Size", number: true, cell: (row) => bytes(row.source.bytes) },
    { title: "Records", number: true, cell: (row) => count(row.record_count) },
    { title: "In the book", number: true, cell: (row) => kept(row.summary) },
    { title: "Refused", number: true, cell: (row) => refused(row.summary) },
  ], rows, { stack: true });
}

const kept = (summary) => (summary ? count(summary.kept_count) : "not normalised");

function refused(summary) {
  if (!summary) return "—";
  const elements = summary.refused_record_count + summary.refused_element_count;
  const cells = summary.refused_cell_count;
  if (elements + cells === 0) return "0";
  return [
    element("span", {}, counted(summary.refused_record_count, "record")),
    element("span", { class: "under" }, counted(cells, "cell")),
  ];
}

export async function dataset(id) {
  const path = `/api/v3/datasets/${id}`;
  const [found, made] = await Promise.all([
    read(path), read("/api/v3/runs", { dataset_version_id: id }),
  ]);
  const name = nameOf(found.source);
  const body = [
    element("p", { class: "kind" }, "Dataset"),
    element("h1", {}, name),
    summaryTiles(found),
    facts([
      ["Version", element("code", {}, found.dataset_version_id)],
      ["Arrived", moment(found.created_at)],
      ["Profile", found.profile],
      ["SHA-256", found.source.sha256 && element("code", {}, found.source.sha256)],
      ["Merkle root", element("code", {}, found.merkle_root)],
      ["Currencies", found.summary && currencies(found.summary.currencies)],
      ["Not read", found.summary?.unread_fields.length
        ? found.summary.unread_fields.join(", ") : null],
    ]),
    element("h2", {}, "Runs"),
    ...(made.items.length
      ? await more("/api/v3/runs", { dataset_version_id: id }, made, runTable)
      : [empty("Nothing was run on it yet. Stress it:", running(id))]),
  ];
  if (!found.normalized) return { title: name, body };
  const few = { limit: 25 };
  const rejects = await read(`${path}/rejects`, few);
  body.push(element("h2", {}, "Refused"), ...(rejects.items.length
    ? [byRule(found.summary), ...await more(`${path}/rejects`, few, rejects, rejectTable)]
    : [element("p", {}, "Nothing was refused: every cell was read.")]));
  return { title: name, body };
}

function summaryTiles({ record_count: records, source, summary }) {
  return facts([
    ["Records", count(records)],
    ["In the book", kept(summary)],
    ["Refused records", summary && count(summary.refused_record_count)],
    ["Refused cells", summary && count(summary.refused_cell_count)],
    ["Keys that stand twice", summary && count(summary.duplicate_key_count)],
    ["Size", bytes(source.bytes)],
  ], "tiles small");
}

const currencies = (found) => Object.entries(found)
  .map(([currency, records]) => `${currency} ${count(records)}`).join(", ");

function byRule(summary) {
  const uses = Object.entries(summary.refused_by_rule).sort(([, a], [, b]) => b - a);
  return element("ul", { class: "chips", "aria-label": "Refused by rule" },
    uses.map(([rule, times]) => element("li", {}, `${words(rule)} `,
      element("b", {}, count(times)))));
}

function rejectTable(rows) {
  return table("Refused", [
    { title: "Row", whole: true, cell: (row) => `row ${count(row.source_row)}` },
    { title: "Field", whole: true, cell: (row) => row.field || "—" },
    { title: "As read", cell: (row) => element("code", {}, shown(row.value)) },
    { title: "Refused", whole: true, cell: (row) => row.refused.replaceAll("_", " ") },
    { title: "Why", cell: (row) => [row.reason, element("span", { class: "under" }, row.rule)] },
  ], rows, { stack: true });
}

function shown(value) {
  if (value === null || value === "") return "—";
  return typeof value === "number" ? figure(value) : String(value);
}
