"""A network that is parted between the store and PostgreSQL, in four ways, while clients write.

Two thirds of the partitions begin with a COMMIT: it is the first message that does not arrive, or
the last that does, so that its answer is the first that is lost.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random

import psycopg

from seawall.lab.faults.clients import CLIENTS, Clients, added, shown
from seawall.lab.faults.cutting_proxy import PARTINGS, CuttingProxy, Parting
from seawall.lab.faults.own_server import own_server
from seawall.lab.faults.requests import TIMEOUT_S, examine, put_dataset
from seawall.lab.faults.row import FaultRow, Tally, Tries, fault_row
from seawall.lab.postgres_server import PostgresServer
from seawall.store import Transaction, open_store
from seawall.store.group_commit import GroupCommit
from seawall.store.postgres_connection import Server
from seawall.store.postgres_group import PostgresGroup
from seawall.store.postgres_writer import PostgresWriter

ANSWER_S = 0.5
"""How long a statement may take here; some partitions are longer."""

RESOLVE_S = 0.5
"""How long the writer asks what became of a COMMIT; some partitions are longer than both."""

DEADLINE_S = 5.0
"""A client waits no longer: for both of the above, an attempt to connect, and a busy machine."""

LENGTHS_S = (0.1, 1.4)
# As who wants to know soon says it in the URL; libpq takes no shorter time to connect.
_PATIENCE = f"?connect_timeout=2&answer_s={ANSWER_S}&resolve_s={RESOLVE_S}"
_LONGEST_PEACE_S = 0.1
_COMMIT = b"COMMIT"
_CONTROLS = 2  # partitions of each kind


class TrustingWriter(PostgresWriter):
    """The negative control: takes a COMMIT that was sent for one that was done."""

    def _resolve(self, group: PostgresGroup, error: psycopg.Error) -> None:
        """Ask nobody."""


def attempt(tries: Tries) -> FaultRow:
    """Part the network as often in each of four ways, side by side."""
    with (
        own_server(tries, fsync="off") as server,  # nobody cuts its power
        ThreadPoolExecutor(len(PARTINGS)) as threads,
    ):
        _make_ledgers(server, [*PARTINGS, *map(_trusting, PARTINGS)])
        parts = list(threads.map(lambda how: partitions(server, how, tries), PARTINGS))
        controls = list(threads.map(lambda how: _trusted(server, how, tries), PARTINGS))
    refusals = sum((refused for _, refused, _ in parts), Counter[str]())
    slowest_s = max(slowest for _, _, slowest in parts)
    return fault_row(
        "partition",
        added([tally for tally, _, _ in parts]),
        database="postgres",
        control="takes a COMMIT that was sent for one that was done",
        control_lost=added(controls).lost,
        notes=f"refuse, reset, stall and drop, {tries.times} of each, a third each before and after"
        f" a COMMIT was passed on; {CLIENTS} clients; refusals: {shown(refusals)}; slowest answer"
        f" {slowest_s:.2f} s of {DEADLINE_S:g}",
    )


def partitions(
    server: PostgresServer, how: Parting, tries: Tries
) -> tuple[Tally, Counter[str], float]:
    """Part the network in one way; return the counts, the refusals and the slowest answer."""
    tally = Tally()
    random = Random(f"{tries.seed}-{how}")  # noqa: S311  (a schedule, not a secret)
    with _behind_proxy(server, how) as (proxy, url):
        with (
            open_store(proxy.url(url) + _PATIENCE) as store,
            Clients(store, name=how, seed=tries.seed, deadline_s=DEADLINE_S) as clients,
        ):
            for number in range(tries.times):
                clients.next_acknowledgement()
                time.sleep(random.uniform(0, _LONGEST_PEACE_S))
                tally.unexpected += not _part(proxy, how, moment=number % 3)
                time.sleep(random.uniform(*LENGTHS_S))
                proxy.heal()
                if not clients.recovers(tally):
                    break
                tries.progress(tally.tried)
        clients.count(tally)
        with open_store(url) as straight:
            examine(straight, clients.acknowledged, tally)
    return tally, clients.refusals, clients.slowest_s


def _part(proxy: CuttingProxy, how: Parting, *, moment: int) -> bool:
    """Part it at any moment, before a COMMIT is passed on, or after; False if none came."""
    if moment == 0:
        proxy.part(how)
    else:
        proxy.part_at(how, _COMMIT, passed=moment == 2)
    return proxy.parted.wait(TIMEOUT_S)


def _trusted(server: PostgresServer, how: Parting, tries: Tries) -> Tally:
    tally = Tally()
    with _behind_proxy(server, _trusting(how)) as (proxy, url):
        asked = Server(proxy.url(url) + _PATIENCE)
        writer = TrustingWriter(asked)
        commits: GroupCommit[Transaction] = GroupCommit(writer)
        try:
            with Clients(commits, name=how, seed=tries.seed) as clients:
                for _ in range(_CONTROLS):
                    clients.next_acknowledgement()
                    _part(proxy, how, moment=1)
                    time.sleep(ANSWER_S * 1.5)
                    proxy.heal()
        finally:
            commits.close()
            writer.close()
            asked.close()
        with open_store(url) as straight:
            examine(straight, clients.acknowledged, tally)
    return tally


def _trusting(how: Parting) -> str:
    return f"{how}_trusting"


def _make_ledgers(server: PostgresServer, names: Sequence[str]) -> None:
    with open_store(server.url("template1")) as store:
        store.submit(put_dataset).result(TIMEOUT_S)
    with psycopg.connect(server.url(), autocommit=True) as administrator:
        for name in names:
            administrator.execute(f"CREATE DATABASE parted_{name}".encode())


@contextmanager
def _behind_proxy(server: PostgresServer, name: str) -> Iterator[tuple[CuttingProxy, str]]:
    """Lend a proxy before a server, and the URL of a ledger that goes past it."""
    proxy = CuttingProxy(server.port)
    try:
        yield proxy, server.url(f"parted_{name}")
    finally:
        proxy.close()
