// The service at work: what its metrics say, again every two seconds while somebody looks.

import { Problem, read, readText } from "/page/api.js";
import { drawn, element, facts, problem, table } from "/page/dom.js";
import { count, duration, figure } from "/page/format.js";
import { between, buckets, parse, quantile, total } from "/page/prometheus.js";

const METRICS = "/metrics";
const PERIOD_MS = 2_000;
const WINDOW = 6; // readings between which rates and quantiles are taken: ten seconds
const KEPT = 60; // readings that a line shows: two minutes
const NEVER = { // what asking again does not change
  403: "The metrics tell of every tenant together: they are for the operator's keys.",
  404: "This service shows no metrics.",
};
const SECONDS = "http_request_duration_seconds";

// Reading the metrics is no work of the service.
const worked = (labels) => labels.route !== METRICS && labels.path !== METRICS;

export async function live(signal) {
  const health = element("p", { class: "health", role: "status" });
  const shown = element("div", {});
  const readings = [];
  let asks = true;
  const look = async () => {
    if (signal.aborted) return;
    if (!document.hidden) {
      await tellHealth(health);
      if (asks) asks = await tellMetrics(shown, readings);
    }
    if (!signal.aborted) setTimeout(() => look().catch(showAgain), PERIOD_MS);
  };
  await look();
  return { title: "Live", body: [element("h1", {}, "Live"), health, shown] };
}

async function tellHealth(place) {
  let found;
  try {
    found = await read("/health");
  } catch (refused) {
    if (!(refused instanceof Problem)) throw refused;
    place.replaceChildren(element("span", { class: "dot down" }), `Not well: ${refused.message}`);
    return;
  }
  const checks = Object.entries(found.checks)
    .map(([name, state]) => `${name.replaceAll("_", " ")} ${state}`).join(", ");
  const text = `${found.status === "ok" ? "Well" : "Not well"}: ${checks}`;
  if (place.textContent === text) return; // a status that stays is not read out again
  place.replaceChildren(
    element("span", { class: found.status === "ok" ? "dot" : "dot down" }), text);
}

// The view is made anew, and meets the same refusal where the door is.
const showAgain = () => dispatchEvent(new HashChangeEvent("hashchange"));

/** Show the metrics; returns whether to ask for them again. */
async function tellMetrics(place, readings) {
  let metrics;
  try {
    metrics = parse(await readText(METRICS));
  } catch (refused) {
    if (!(refused instanceof Problem)) throw refused;
    if (refused.status === 401) throw refused;
    readings.length = 0;
    const never = NEVER[refused.status];
    place.replaceChildren(never ? element("p", { class: "empty" }, never) : problem(refused));
    return !never;
  }
  const before = readings.at(-WINDOW + 1) ?? readings[0];
  const now = reading(metrics, before);
  readings.push(now);
  if (readings.length > KEPT) readings.shift();
  place.replaceChildren(...drawnMetrics(metrics, readings));
  return true;
}

/** Take what the tiles show; rates are since an earlier reading. */
function reading(metrics, before) {
  const now = {
    at: performance.now(),
    requests: total(metrics, "http_requests_total", worked),
    errors: total(metrics, "errors_total"),
    edges: buckets(metrics, SECONDS, worked),
    inFlight: total(metrics, "http_requests_in_flight"),
    rate: NaN,
    errorRate: NaN,
    p99: NaN,
  };
  if (before) {
    const seconds = (now.at - before.at) / 1_000;
    now.rate = Math.max(0, now.requests - before.requests) / seconds;
    now.errorRate = Math.max(0, now.errors - before.errors) / seconds;
    now.p99 = quantile(0.99, between(before.edges, now.edges));
  }
  return now;
}

function drawnMetrics(metrics, readings) {
  const now = readings.at(-1);
  const line = (name) => spark(readings.map((one) => one[name]));
  return [
    facts([
      ["Requests per second", [figure(rounded(now.rate)), line("rate")]],
      ["99th percentile", [duration(now.p99), line("p99")]],
      ["In flight", [count(now.inFlight), line("inFlight")]],
      ["Errors per second", [figure(rounded(now.errorRate)), line("errorRate")]],
    ], "tiles live"),
    element("p", { class: "muted small" },
      "Over the last ten seconds; the lines show two minutes. Reading these metrics counts only "
      + "among the requests in flight."),
    ...routes(metrics),
    ...errors(metrics),
  ];
}

const rounded = (value) => Number(value.toPrecision(3));

/** Draw the last readings as a line, from 0 up to the largest. */
function spark(values) {
  const [width, height] = [160, 36];
  const most = Math.max(...values.filter(Number.isFinite), 1e-9);
  const points = values
    .map((value, place) => [width * (1 - (values.length - 1 - place) / (KEPT - 1)), value])
    .filter(([, value]) => Number.isFinite(value))
    .map(([x, value]) => [x, height - 2 - (height - 4) * (value / most)])
    .map((place) => place.map((at) => at.toFixed(1)).join(","));
  return drawn("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true",
    preserveAspectRatio: "none" },
  drawn("line", { class: "rule", x1: 0, x2: width, y1: height - 1, y2: height - 1 }),
  points.length > 1 && drawn("polyline", { points: points.join(" ") }));
}

function routes(metrics) {
  const rows = new Map();
  for (const { labels, value } of metrics.get("http_requests_total") ?? []) {
    if (!worked(labels)) continue;
    const name = `${labels.method ?? ""} ${labels.route ?? labels.path ?? ""}`.trim();
    const row = rows.get(name) ?? { name, labels, answered: 0, failed: 0 };
    row.answered += value;
    if (Number(labels.status) >= 400) row.failed += value;
    rows.set(name, row);
  }
  if (rows.size === 0) return [];
  const same = (row) => (labels) =>
    labels.route === row.labels.route && labels.method === row.labels.method;
  const ordered = [...rows.values()].sort((a, b) => b.answered - a.answered);
  return [element("h2", {}, "Routes since the start"), table("Routes", [
    { title: "Route", cell: (row) => element("code", {}, row.name) },
    { title: "Answered", number: true, cell: (row) => count(row.answered) },
    { title: "Refused or failed", number: true, cell: (row) => count(row.failed) },
    {
      title: "99th percentile", number: true,
      cell: (row) => duration(quantile(0.99, buckets(metrics, SECONDS, same(row)))),
    },
  ], ordered, { stack: true })];
}

function errors(metrics) {
  const times = new Map();
  for (const { labels, value } of metrics.get("errors_total") ?? []) {
    if (value > 0) times.set(labels.code, (times.get(labels.code) ?? 0) + value);
  }
  const rows = [...times].sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return [];
  return [element("h2", {}, "Errors since the start"), table("Errors", [
    { title: "Code", cell: ([code]) => element("code", {}, code ?? "—") },
    { title: "Times", number: true, cell: ([, value]) => count(value) },
  ], rows, { stack: true })];
}
