"""One of two services on one PostgreSQL, killed behind nginx while clients ask for runs."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count as numbers
from pathlib import Path
from random import Random
from typing import Any

from seawall.errors import SeawallError
from seawall.lab.faults.clients import shown
from seawall.lab.faults.own_server import own_server
from seawall.lab.faults.requests import TIMEOUT_S
from seawall.lab.faults.row import FaultRow, Tally, Tries, fault_row
from seawall.lab.http_target import ENGINE_ROUTE, HttpTarget, ask, free_port, ingest_sample
from seawall.lab.nginx import deployed_configuration, nginx
from seawall.store import open_store

CLIENTS = 4  # of the deployed nginx, and as many of the control's
REPLICAS = 2
_LONGEST_LIFE_S = 0.3
_PAUSE_S = 0.005  # of a client, between two runs
_SEAWALL = (sys.executable, "-c", "from seawall.cli.app import main; main()")
_PASSES_ON = "proxy_next_upstream "
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class Replica:
    """A service on a port of its own, killed and started again."""

    def __init__(self, store: str, folder: Path) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._store = store
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and go on."""
        options = ["--port", str(self.port), "--store", self._store, "--no-log-requests"]
        with (self._folder / f"{self.port}.log").open("ab") as said:
            self._process = subprocess.Popen(  # noqa: S603  (a fixed command)
                [*_SEAWALL, "serve", *options, "--secrets-file", str(self._folder / "secrets")],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    def wait(self) -> None:
        """Wait until it answers."""
        until = time.monotonic() + TIMEOUT_S
        while ask(self.base_url, "/health", timeout_s=2.0).status != 200:
            if time.monotonic() > until:
                raise SeawallError("a replica does not answer", code="process_failed")
            time.sleep(0.02)

    def wait_for_work(self, log: Path, *, since: int) -> None:
        """Wait until nginx gives it work again, as its log says behind a place."""
        until = time.monotonic() + TIMEOUT_S
        done = f'"status":200,.*"upstream":"127.0.0.1:{self.port}"'
        with log.open(encoding="utf-8") as lines:
            lines.seek(since)
            while not any(re.search(done, line) for line in lines):
                if time.monotonic() > until:
                    raise SeawallError("nginx asks a replica no more", code="process_failed")
                time.sleep(0.02)

    def end(self, how: signal.Signals) -> None:
        """End it by its own process id."""
        if self._process is not None:
            os.kill(self._process.pid, how)
            self._process.wait(TIMEOUT_S)
            self._process = None


class Runs:
    """Clients that ask for one new run after the other; none of them asks again."""

    def __init__(self, target: HttpTarget, dataset: str, *, first: int) -> None:
        self._target = target
        self._dataset = dataset
        self._numbers = numbers(first)
        self._over = threading.Event()
        self._told = threading.Condition()
        self.kept: list[tuple[float, str]] = []  # when it was asked, and the run of the answer
        self.failures: Counter[str] = Counter()
        self.slowest_s = 0.0
        self._threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def first_after(self, moment: float) -> float | None:
        """Wait for the first answer to what was asked after a moment; return when it came."""
        with self._told:
            if not self._told.wait_for(
                lambda: any(asked > moment for asked, _ in self.kept[-4 * CLIENTS :]), TIMEOUT_S
            ):
                return None
            return time.monotonic() - moment

    def end(self) -> None:
        """End, once each has its answer."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        while not self._over.wait(_PAUSE_S):
            started_at = (_BEGAN + timedelta(seconds=next(self._numbers))).isoformat()
            body = {"dataset_version_id": self._dataset, "started_at": started_at}
            asked = time.monotonic()
            answer = ask(
                self._target.base_url,
                f"{ENGINE_ROUTE}/run",
                body=body,
                headers=self._target.headers,
                timeout_s=TIMEOUT_S,
            )
            document: Any = answer.document()
            with self._told:
                self.slowest_s = max(self.slowest_s, time.monotonic() - asked)
                if answer.status == 200 and isinstance(document, dict) and "run_id" in document:
                    self.kept.append((asked, document["run_id"]))
                    self._told.notify_all()
                else:
                    self.failures[str(answer.status) if answer.status else "no answer"] += 1


def attempt(tries: Tries) -> FaultRow:
    """Kill one replica after the other, each time once nginx asks both."""
    deployed = deployed_configuration()
    lines = deployed.splitlines(keepends=True)
    alone = "".join(
        f"{_PASSES_ON}off;\n" if line.lstrip().startswith(_PASSES_ON) else line for line in lines
    )
    tally = Tally()
    with ExitStack() as stack:
        server = stack.enter_context(own_server(tries, fsync="off"))
        replicas = [Replica(server.url(), tries.folder) for _ in range(REPLICAS)]
        for replica in replicas:
            stack.callback(replica.end, signal.SIGTERM)
        key = _key(server.url(), tries.folder)
        for replica in replicas:
            replica.start()
        for replica in replicas:
            replica.wait()
        targets = []
        for number, text in enumerate((deployed, alone)):
            folder = tries.folder / f"nginx-{number}"
            folder.mkdir(mode=0o777)
            ports = [replica.port for replica in replicas]
            base_url = stack.enter_context(nginx(text, ports=ports, folder=folder))
            targets.append(HttpTarget(base_url, 0, api_key=key))
        dataset = ingest_sample(targets[0], records=1)
        runs, control = (
            Runs(target, dataset, first=1_000_000 * number) for number, target in enumerate(targets)
        )
        try:
            _kill(replicas, runs, tries, tally, log=tries.folder / "nginx-0" / "access.log")
        finally:
            runs.end()
            control.end()
        for replica in replicas:
            replica.end(signal.SIGTERM)
        _examine(server.url(), runs, tally)
    failed = sum(runs.failures.values())
    tally.unexpected += failed
    return fault_row(
        "replica",
        tally,
        database="postgres",
        control="nginx that asks no other process",
        control_lost=sum(control.failures.values()),
        notes=f"{REPLICAS} services, {CLIENTS} clients that never ask again; failed:"
        f" {shown(runs.failures)}; the slowest took {runs.slowest_s:.2f} s; recovery is from the"
        " kill to the first answer to what was asked after it",
    )


def _kill(replicas: list[Replica], runs: Runs, tries: Tries, tally: Tally, *, log: Path) -> None:
    random = Random(tries.seed)  # noqa: S311  (a schedule, not a secret)
    for number in range(tries.times):
        time.sleep(random.uniform(0, _LONGEST_LIFE_S))
        killed = replicas[number % REPLICAS]
        killed.end(signal.SIGKILL)
        recovery_s = runs.first_after(time.monotonic())
        tally.tried += 1
        if recovery_s is None:
            tally.unexpected += 1
            return
        tally.recoveries_s.append(recovery_s)
        killed.start()
        killed.wait()
        # Until then the other is the only one, and killing it would prove nothing.
        killed.wait_for_work(log, since=log.stat().st_size)
        tries.progress(tally.tried)


def _examine(url: str, runs: Runs, tally: Tally) -> None:
    """Require every run that was answered, and one entry of the audit for each."""
    told = {run_id for _, run_id in runs.kept}
    with open_store(url) as store:
        tenant = next(iter(store.all_audit())).tenant
        tally.acknowledged += len(told)
        tally.lost += len(told - {run.run_id for run in store.all_runs(tenant)})
        entries = Counter(entry.subject for entry in store.all_audit())
        tally.duplicated += sum(entries[run_id] > 1 for run_id in told)
        tally.torn += sum(entries[run_id] == 0 for run_id in told)
        tally.unexpected += len(store.integrity_problems())


def _key(url: str, folder: Path) -> str:
    """Make the key that both replicas know, and their secrets."""
    roles = ("execute", "ingest", "read")
    asked = [part for role in roles for part in ("--role", role)]
    asked += ["--store", url, "--secrets-file", str(folder / "secrets"), "--json"]
    done = subprocess.run(  # noqa: S603  (a fixed command)
        [*_SEAWALL, "keys", "create", "lab", *asked],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    if done.returncode:
        raise SeawallError(done.stderr.decode(errors="replace")[-1000:], code="process_failed")
    return str(json.loads(done.stdout)["key"])
