// What to type where there is nothing to see yet, against this very service.

import { command } from "/page/dom.js";

const asked = (lines) => command([`API=${location.origin}`, ...lines].join("\n"));

/** Make a key that may do all that this page shows how to do. */
export const makingKey = () => command([
  "seawall keys create analyst \\",
  "  --role ingest --role execute --role read",
].join("\n"));

/** Send a file of loans. */
export const ingesting = () => asked([
  'curl "$API/api/v3/ingest-file?filename=tape.csv" \\',
  '  -H "X-API-Key: $KEY" -F file=@tape.csv',
]);

/** Stress a dataset. */
export const running = (id) => asked([
  'curl "$API/api/v3/engines/distressed-asset-debt-stress/run" \\',
  '  -H "X-API-Key: $KEY" -H "Content-Type: application/json" \\',
  `  -d '{"dataset_version_id": "${id}",`,
  `       "started_at": "2026-01-01T00:00:00Z", "parameters": {}}'`,
]);
