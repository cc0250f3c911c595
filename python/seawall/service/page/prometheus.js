// Metrics in Prometheus's text format, and what two readings of them say.

const SAMPLE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /([A-Za-z_]\w*)="((?:\\.|[^"\\])*)"/g;
const ESCAPED = { n: "\n", "\\": "\\", '"': '"' };

/** Return samples by metric: {labels, value}. */
export function parse(text) {
  const found = new Map();
  for (const line of text.split("\n")) {
    const [, name, inner, value] = SAMPLE.exec(line) ?? [];
    if (name === undefined) continue;
    const labels = {};
    for (const [, label, quoted] of (inner ?? "").matchAll(LABEL)) {
      labels[label] = quoted.replace(/\\(.)/g, (_, letter) => ESCAPED[letter] ?? letter);
    }
    if (!found.has(name)) found.set(name, []);
    found.get(name).push({ labels, value: Number(value.replace("Inf", "Infinity")) });
  }
  return found;
}

/** Add up the samples of a metric that a test lets through. */
export function total(metrics, name, test = () => true) {
  return (metrics.get(name) ?? []).filter(({ labels }) => test(labels))
    .reduce((sum, { value }) => sum + value, 0);
}

/** Return the counts at and below each edge of a histogram: [[edge, count], …], edges rising. */
export function buckets(metrics, name, test = () => true) {
  const sums = new Map();
  for (const { labels, value } of metrics.get(`${name}_bucket`) ?? []) {
    if (!test(labels)) continue;
    const edge = labels.le === "+Inf" ? Infinity : Number(labels.le);
    sums.set(edge, (sums.get(edge) ?? 0) + value);
  }
  return [...sums].sort(([a], [b]) => a - b);
}

/** Return what came to each edge between two readings. */
export function between(before, after) {
  const then = new Map(before);
  return after.map(([edge, value]) => [edge, value - (then.get(edge) ?? 0)]);
}

/**
 * Return the quantile of a histogram, evenly spread inside a bucket as Prometheus has it; of what
 * is beyond the last edge, that edge. NaN when there is nothing.
 */
export function quantile(share, edges) {
  const all = edges.at(-1)?.[1] ?? 0;
  if (!(all > 0)) return NaN;
  const rank = share * all;
  const place = edges.findIndex(([, value]) => value >= rank);
  const [end, upTo] = edges[place];
  const [begin, below] = place > 0 ? edges[place - 1] : [0, 0];
  if (end === Infinity) return begin;
  return begin + (end - begin) * ((rank - below) / (upTo - below));
}
