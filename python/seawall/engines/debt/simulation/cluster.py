"""A simulation spread over the workers of a Dask cluster; the client is the caller's own."""

from collections.abc import Iterator, Sequence
from typing import Any

from seawall import native
from seawall.engines.debt.simulation.parts import (
    ScenarioRange,
    SimulationInputs,
    SimulationPart,
    simulate_part,
)
from seawall.errors import Cancelled, InvalidInput, SeawallError
from seawall.native import RunControl

_TASKS_A_THREAD = 8  # so that a slow or a lost worker costs an eighth of its share
_LEAST_TASK = 4_096
_POLL_S = 0.2
_HELD = 4  # simulations that a worker keeps ready


class Cluster:
    """The workers behind a ``distributed.Client``.

    Raises
    ------
    InvalidInput
        Where there is no client, or it has no worker.
    """

    def __init__(self, client: Any) -> None:
        try:
            threads: int = sum(client.nthreads().values())
        except AttributeError as error:
            raise InvalidInput("is no client of a Dask cluster", where="cluster") from error
        if threads == 0:
            raise InvalidInput("has no worker", where="cluster")
        self.client = client
        self.thread_count = threads

    def task_size(self, scenario_count: int) -> int:
        """How many scenarios a task has: enough tasks to share, none too small to be worth it."""
        return max(_LEAST_TASK, -(-scenario_count // (_TASKS_A_THREAD * self.thread_count)))


def cluster_parts(
    cluster: Cluster,
    inputs: SimulationInputs,
    ranges: Sequence[ScenarioRange],
    control: RunControl | None,
) -> Iterator[SimulationPart]:
    """Yield the parts as workers finish them.

    The inputs are sent once to each worker. The ranges of a worker that is lost go to others.

    Raises
    ------
    Cancelled
        When the control stopped the work; the tasks are withdrawn.
    SeawallError
        ``cluster_failed`` when workers were lost over and over.
    """
    from distributed import KilledWorker

    client = cluster.client
    [sent] = client.scatter([inputs], broadcast=True)
    tasks = [client.submit(_part, sent, piece, pure=False) for piece in ranges]
    waiting = set(tasks)
    try:
        while waiting:
            if control is not None and control.cancelled:
                raise Cancelled("the work was stopped")
            for task in _finished(waiting):
                waiting.remove(task)
                part: SimulationPart = task.result()
                if control is not None:
                    control.advance(len(part.loss_minor))
                yield part
    except KilledWorker as error:
        raise SeawallError(
            "workers were lost over and over", code="cluster_failed", where="cluster"
        ) from error
    finally:
        client.cancel(tasks)


def _finished(tasks: set[Any]) -> set[Any]:
    """Wait a moment for tasks to finish; none may have."""
    from distributed import wait

    try:
        waited: Any = wait(  # type: ignore[no-untyped-call]
            tasks, timeout=_POLL_S, return_when="FIRST_COMPLETED"
        )
    except TimeoutError:
        return set()
    return set(waited.done)


_ready: dict[str, native.DefaultSimulation] = {}
"""What a worker has made ready, by the digest of its inputs."""


def _part(inputs: SimulationInputs, piece: ScenarioRange) -> SimulationPart:
    """Run on a worker, with one thread: a worker has as many tasks at once as threads."""
    digest = inputs.sha256
    if digest not in _ready:
        while len(_ready) >= _HELD:
            _ready.pop(next(iter(_ready)))
        _ready[digest] = inputs.simulation()
    return simulate_part(_ready[digest], inputs, piece, threads=1)
