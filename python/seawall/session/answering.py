"""The question side of a session: from a question to a run that is in the ledger."""

from concurrent.futures import Future

from seawall.session.run import Run
from seawall.session.run_in_hand import AskedRun, begin_run, without_kept, write_runs
from seawall.session.single_flight import then


def submit_run(asked: AskedRun) -> Future[Run]:
    """Compute a run on this thread, unless it is known; its future is done once it is durable.

    Raises
    ------
    InvalidInput, NotFound
        For a question that cannot be asked.
    """
    begun = begin_run(asked)
    if begun.in_hand is not None:
        write_runs([run for run in without_kept([begun.in_hand]) if run.compute()])
    return then(begun.made, lambda _: begun.run())
