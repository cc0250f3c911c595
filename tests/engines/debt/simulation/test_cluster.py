"""A simulation over the worker processes of a real cluster on this machine."""

import logging
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from distributed import Client, LocalCluster

from seawall.engine import Execution
from seawall.engines.debt.simulation import Tail
from seawall.engines.debt.simulation.cluster import Cluster, cluster_parts
from seawall.engines.debt.simulation.contributions import replay_tail
from seawall.engines.debt.simulation.losses import simulate_all
from seawall.engines.debt.simulation.parts import ScenarioRange, SimulationPart
from seawall.errors import Cancelled, InvalidInput
from seawall.native import RunControl
from seawall.session import Session

from .tapes import ingest, loan

COUNT = 600_000
LOANS = [loan(number) for number in range(400)]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with (
        LocalCluster(
            n_workers=3, threads_per_worker=1, dashboard_address=None, processes=True
        ) as cluster,
        Client(cluster) as connected,
    ):
        yield connected


@pytest.fixture(scope="module")
def tail(tmp_path_factory: pytest.TempPathFactory) -> Tail:
    with Session(tmp_path_factory.mktemp("book") / "ledger.db") as session:
        found: Tail = session.simulate(ingest(session, LOANS), scenarios=COUNT).questions
    return found


def over(client: Any, tail: Tail, **how: Any) -> Any:
    book = tail.book
    execution = Execution(cluster=client, **how)
    return simulate_all(book.simulation, book.inputs, scenario_count=COUNT, execution=execution)


def test_three_workers_have_the_bits_of_one_process(client: Client, tail: Tail) -> None:
    control = RunControl()
    assert (over(client, tail, control=control) == tail.loss_minor).all()
    assert control.completed_units == COUNT


def test_contributions_are_replayed_on_the_workers(client: Client, tail: Tail) -> None:
    own = tail.replay(0.999)
    spread = replay_tail(
        tail.book.simulation,
        tail.book.inputs,
        SimulationPart(tail.book.inputs.sha256, 0, tail.loss_minor),
        0.999,
        execution=Execution(cluster=client),
    )
    assert (spread.contribution_minor == own.contribution_minor).all()
    assert (spread.default_count == own.default_count).all()


def test_a_book_is_never_sought_in_vain(client: Client, tail: Tail) -> None:
    """Sent again under the key of an earlier run, it was forgotten together with that one."""
    said: list[logging.LogRecord] = []
    scheduler = logging.getLogger("distributed.scheduler")
    handler = logging.Handler(logging.WARNING)
    handler.emit = said.append  # type: ignore[method-assign]
    scheduler.addHandler(handler)
    pieces = [ScenarioRange(begin, 64) for begin in range(0, 64 * 32, 64)]
    try:
        for _ in range(10):
            parts = list(cluster_parts(Cluster(client), tail.book.inputs, pieces, None))
            assert len(parts) == len(pieces)
    finally:
        scheduler.removeHandler(handler)
    assert [record.getMessage() for record in said] == []


def test_a_killed_worker_costs_only_its_ranges(client: Client, tail: Tail) -> None:
    killed = []

    def kill(completed: int) -> None:
        if not killed and completed > 0:
            killed.append(client.run(os.getpid))
            os.kill(next(iter(killed[0].values())), signal.SIGKILL)

    assert (over(client, tail, control=RunControl(kill)) == tail.loss_minor).all()
    assert killed


def test_a_cluster_can_be_stopped(client: Client, tail: Tail) -> None:
    done = []

    def stop(completed: int) -> None:
        done.append(completed)
        control.cancel()

    control = RunControl(stop)
    with pytest.raises(Cancelled):
        over(client, tail, control=control)
    assert max(done) < COUNT


def test_what_is_no_cluster_is_refused(tail: Tail) -> None:
    with pytest.raises(InvalidInput) as caught:
        over("localhost", tail)
    assert caught.value.where == "cluster"
