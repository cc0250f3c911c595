"""A stand-in for the service, as a program: its routes that the benchmarks ask, and a count."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

RUN = "/api/v3/engines/distressed-asset-debt-stress"

KEY = "seawall_dev_0a_1b"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    runs: list[dict[str, Any]] = []  # noqa: RUF012  (one server, one count)

    def _reply(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path == "/health":
            checks = {"database": "ok", "evidence_linking": "ok"}
            self._reply(200, {"status": "ok", "checks": checks})
        elif self.path == f"{RUN}/health":
            self._reply(200, {"status": "ok"})
        elif self.path == "/runs":
            self._reply(200, self.runs)
        else:
            self._reply(404, {"detail": "NOT_FOUND"})

    def do_POST(self) -> None:
        document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/v3/ingest-records" and self.headers["X-API-Key"] == KEY:
            count = len(document["records"])
            self._reply(200, {"dataset_version_id": f"dv_{count}", "raw_records_written": count})
        elif self.headers["X-API-Key"] != KEY:
            self._reply(401, {"detail": "AUTH_REQUIRED"})
        elif self.path == f"{RUN}/run" and document["dataset_version_id"].startswith("dv_"):
            self.runs.append(document)
            self._reply(200, {"run_id": "run_1"})
        else:
            self._reply(404, {"detail": "DATASET_VERSION_NOT_FOUND"})

    def log_message(self, *_: object) -> None:
        pass


def main(port: str, store: str) -> None:
    print(f"dev key  {KEY}", flush=True)  # noqa: T201
    with Path(store).open("w"), ThreadingHTTPServer(("127.0.0.1", int(port)), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
