"""PostgreSQL ended at once and as by a crash, again and again, while clients write."""

import signal
import time
from random import Random

from seawall.lab.faults.clients import CLIENTS, Clients, Writes, shown
from seawall.lab.faults.own_server import own_server
from seawall.lab.faults.requests import TIMEOUT_S, examine, put_dataset
from seawall.lab.faults.row import FaultRow, Tally, Tries, fault_row
from seawall.lab.postgres_server import PostgresServer
from seawall.store import Transaction, open_store
from seawall.store.group_commit import GroupCommit
from seawall.store.postgres_connection import Server
from seawall.store.postgres_transaction import PostgresTransaction
from seawall.store.postgres_writer import PostgresWriter

LONGEST_LIFE_S = 0.15  # of a server, after the first acknowledgement that it gave

# By default each of a thousand files is synchronised before the log is replayed, for seconds.
_OPTIONS = {"recovery_init_sync_method": "syncfs"}


class UnsynchronisedWriter(PostgresWriter):
    """The negative control: the server acknowledges what it has not brought to the disk yet."""

    def begin(self) -> PostgresTransaction:
        """Start a group whose COMMIT waits for nothing."""
        transaction = super().begin()
        self._running().rows("SET LOCAL synchronous_commit = off")
        return transaction


def attempt(tries: Tries) -> FaultRow:
    """Stop a server under load, start it, and look at the end at what is there."""
    with own_server(tries, **_OPTIONS) as server, open_store(server.url()) as store:
        store.submit(put_dataset).result(TIMEOUT_S)
        tally, refusals = server_stops(server, store, tries, tries.times)
    return fault_row(
        "server_stop",
        tally,
        database="postgres",
        control="synchronous_commit=off",
        control_lost=_unsynchronised(tries, max(5, tries.times // 10)).lost,
        notes=f"{CLIENTS} clients ask again what was refused; refusals: {refusals}; recovery is"
        " from a server that answers again to the first acknowledgement",
    )


def server_stops(
    server: PostgresServer, writes: Writes, tries: Tries, count: int
) -> tuple[Tally, str]:
    """Stop one server so often; return the counts, and the refusals in words."""
    tally = Tally()
    random = Random(tries.seed)  # noqa: S311  (a schedule, not a secret)
    with Clients(writes, name="stop", seed=tries.seed) as clients:
        for _ in range(count):
            clients.next_acknowledgement()
            time.sleep(random.uniform(0, LONGEST_LIFE_S))
            server.stop(signal.SIGQUIT)
            server.start()
            if not clients.recovers(tally):
                break
            tries.progress(tally.tried)
    clients.count(tally)
    with open_store(server.url()) as again:
        examine(again, clients.acknowledged, tally)
    return tally, shown(clients.refusals)


def _unsynchronised(tries: Tries, count: int) -> Tally:
    with own_server(tries, **_OPTIONS, wal_writer_delay="2s") as server:
        with open_store(server.url()) as store:
            store.submit(put_dataset).result(TIMEOUT_S)
        asked = Server(server.url())
        writer = UnsynchronisedWriter(asked)
        commits: GroupCommit[Transaction] = GroupCommit(writer)
        try:
            unseen = tries._replace(progress=lambda _: None)
            return server_stops(server, commits, unseen, count)[0]
        finally:
            commits.close()
            writer.close()
            asked.close()
