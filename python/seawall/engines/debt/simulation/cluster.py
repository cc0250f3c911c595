"""A simulation spread over the workers of a Dask cluster; the client is the caller's own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from time import sleep
from typing import Any

from seawall import native
from seawall.engines.debt.simulation.parts import (
    Losses,
    ScenarioRange,
    SimulationInputs,
    SimulationPart,
    replay_part,
    simulate_part,
)
from seawall.engines.debt.simulation.passes import stop_if_cancelled
from seawall.errors import InvalidInput, SeawallError
from seawall.native import RunControl

_TASKS_A_THREAD = 8  # so that a slow or a lost worker costs an eighth of its share
_LEAST_TASK = 4_096
_POLL_S = 0.005
_MOST_SENDINGS = 4  # of the inputs
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
    for part in _results(cluster, _part, inputs, [(piece,) for piece in ranges], control):
        if control is not None:
            control.advance(len(part.loss_minor))
        yield part


def cluster_replay(
    cluster: Cluster,
    inputs: SimulationInputs,
    run: SimulationPart,
    var_minor: int,
    control: RunControl | None,
) -> dict[str, Losses]:
    """Replay the tail of a run on the workers; arguments and result as of `replay_part`."""
    size = cluster.task_size(len(run.loss_minor))
    pieces = [
        SimulationPart(
            run.inputs_sha256, run.first_scenario + begin, run.loss_minor[begin : begin + size]
        )
        for begin in range(0, len(run.loss_minor), size)
    ]
    found = list(
        _results(cluster, _replay, inputs, [(piece, var_minor) for piece in pieces], control)
    )
    return {name: sum(part[name] for part in found) for name in found[0]}


def _results(
    cluster: Cluster,
    work: Callable[..., Any],
    inputs: SimulationInputs,
    arguments: Sequence[tuple[Any, ...]],
    control: RunControl | None,
) -> Iterator[Any]:
    """Yield what workers make of each of the arguments, in whichever order they finish.

    The inputs are held by the workers: where those that hold them are lost together, they are sent
    again to the others.
    """
    from distributed import KilledWorker, as_completed

    client = cluster.client
    left = dict(enumerate(arguments))
    for _ in range(_MOST_SENDINGS):
        [sent] = client.scatter([inputs], broadcast=True, hash=False)  # a key of this run alone
        tasks = {client.submit(work, sent, *left[at], pure=False): at for at in left}
        finished: Any = as_completed(list(tasks))  # type: ignore[no-untyped-call]
        try:
            while not finished.is_empty():
                stop_if_cancelled(control)
                batch = finished.next_batch(block=False)
                for task in batch:
                    result = task.result()
                    del left[tasks[task]]
                    yield result
                if not batch:
                    sleep(_POLL_S)
        except CancelledError:
            continue  # the inputs were lost
        except KilledWorker:
            break
        finally:
            client.cancel(list(tasks))
        return
    raise SeawallError("workers were lost over and over", code="cluster_failed", where="cluster")


_ready: dict[str, native.DefaultSimulation] = {}
"""What a worker has made ready, by the digest of its inputs."""


def _made(inputs: SimulationInputs) -> native.DefaultSimulation:
    digest = inputs.sha256
    if digest not in _ready:
        while len(_ready) >= _HELD:
            _ready.pop(next(iter(_ready)))
        _ready[digest] = inputs.simulation()
    return _ready[digest]


# These run on a worker, with one thread: a worker has as many tasks at once as threads.


def _part(inputs: SimulationInputs, piece: ScenarioRange) -> SimulationPart:
    return simulate_part(_made(inputs), inputs, piece, threads=1)


def _replay(inputs: SimulationInputs, piece: SimulationPart, var_minor: int) -> dict[str, Losses]:
    return replay_part(_made(inputs), inputs, piece, var_minor, threads=1)
