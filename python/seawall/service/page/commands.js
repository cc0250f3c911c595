// What to type where there is nothing to see yet, against this very service.

import { command } from "/page/dom.js";

const asked = (lines) => command([`API=${location.origin}`, ...lines].join("\n"));

/** Send a file of loans. */
export const ingesting = () => asked([
  "curl $API/api/v3/ingest-file?filename=tape.csv \\",
  '  -H "X-API-Key: $KEY" -F file=@tape.csv',
]);

/** Stress a dataset. */
export const running = (id) => asked([
  "curl $API/api/v3/engines/distressed-asset-debt-stress/run \\",
  '  -H "X-API-Key: $KEY" \\',
  `  -d '{"dataset_version_id": "${id}",`,
  `       "started_at": "2026-01-01T00:00:00Z", "parameters": {}}'`,
]);
