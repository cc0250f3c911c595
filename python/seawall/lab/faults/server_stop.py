"""PostgreSQL ended at once and as by a crash, again and again, while clients write."""

import signal
import time
from random import Random

from seawall.lab.faults.clients import CLIENTS, Clients, shown
from seawall.lab.faults.own_server import own_server
from seawall.lab.faults.requests import TIMEOUT_S, examine, put_dataset
from seawall.lab.faults.row import FaultRow, Tally, Tries, fault_row
from seawall.store import open_store

LONGEST_LIFE_S = 0.15  # of a server, after the first acknowledgement that it gave

# By default each of a thousand files is synchronised before the log is replayed, for seconds.
_OPTIONS = {"recovery_init_sync_method": "syncfs"}


def attempt(tries: Tries) -> FaultRow:
    """Stop a server under load, start it, and look at the end at what is there."""
    tally, refusals = server_stops(tries, tries.times)
    control, _ = server_stops(tries, max(5, tries.times // 10), acknowledges_early=True)
    return fault_row(
        "server_stop",
        tally,
        database="postgres",
        control="acknowledged before the commit",
        control_lost=control.lost,
        notes=f"{CLIENTS} clients ask again what was refused; refusals: {refusals}; recovery is"
        " from a server that answers again to the first acknowledgement",
    )


def server_stops(
    tries: Tries, count: int, *, acknowledges_early: bool = False
) -> tuple[Tally, str]:
    """Stop one server so often; return the counts, and the refusals in words."""
    tally = Tally()
    random = Random(tries.seed)  # noqa: S311  (a schedule, not a secret)
    with own_server(tries, **_OPTIONS) as server:
        with open_store(server.url()) as store:
            store.submit(put_dataset).result(TIMEOUT_S)
            with Clients(
                store, name="stop", seed=tries.seed, acknowledges_early=acknowledges_early
            ) as clients:
                for _ in range(count):
                    clients.next_acknowledgement()
                    time.sleep(random.uniform(0, LONGEST_LIFE_S))
                    server.stop(signal.SIGQUIT)
                    server.start()
                    recovery_s = clients.next_acknowledgement()
                    tally.tried += 1
                    if recovery_s is None:
                        tally.unexpected += 1
                        break
                    tally.recoveries_s.append(recovery_s)
                    if not acknowledges_early:
                        tries.progress(tally.tried)
        clients.count(tally)
        with open_store(server.url()) as again:
            examine(again, clients.acknowledged, tally)
    return tally, shown(clients.refusals)
