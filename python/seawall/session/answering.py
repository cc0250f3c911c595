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
    hand, answers = begun.in_hand, [then(begun.made, begun.run)]
    # A failure knows this call for as long as it is known itself, and these know the failure.
    del begun
    if hand is not None:
        write_runs([run for run in without_kept([hand]) if run.compute()])
    return answers.pop()
