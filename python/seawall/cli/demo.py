"""The first minute: a book from bytes to traced figures, in a folder of its own."""

from pathlib import Path
from time import perf_counter

from seawall.cli.output import console, line, progress
from seawall.cli.show import dataset_lines, run_lines
from seawall.errors import InvalidInput
from seawall.lab.books import write_demo_tape
from seawall.session import Session

DEMO_SEED = 20260101


def run_demo(
    folder: Path, *, tape: Path | None, profile: str | None, instruments: int, obligors: int
) -> None:
    """Generate a book (or take the user's), ingest and stress it, and say what to do next."""
    store = _own_folder(folder) / "seawall.db"
    for suffix in ("", "-wal", "-shm"):  # a demonstration starts from nothing
        Path(f"{store}{suffix}").unlink(missing_ok=True)
    console().print()
    total = None
    if tape is None:
        tape = folder / "tape.csv"
        write_demo_tape(tape, instruments=instruments, obligors=obligors, seed=DEMO_SEED)
        line(
            "book",
            f"{instruments:,} instruments over {obligors:,} obligors, 2 % dirty rows: {tape}",
        )
        total = instruments
    with Session(store) as session:
        with progress("ingest", total=total, unit="records", quiet=False) as control:
            begin = perf_counter()
            dataset = session.ingest(tape, profile=profile or "generic", control=control)
            seconds = perf_counter() - begin
        line(
            "ingest",
            f"{dataset.record_count:,} records read, normalised, hashed and written durably in "
            f"{seconds:.2f} s ({dataset.record_count / seconds:,.0f}/s)",
        )
        dataset_lines(dataset)
        begin = perf_counter()
        run = session.stress(dataset)
        seconds = perf_counter() - begin
        line(
            "stress",
            f"{len(run.result.stress_tests)} scenarios over every record in {seconds:.2f} s",
        )
        run_lines(run)
        worst = max(run.findings[1:], key=lambda finding: finding.body["value"])
    ledger = f"--store {store}"
    line("next", f"seawall trace {worst.finding_id} {ledger}")
    console().print("                (where does the figure come from?)")
    line("", f"seawall verify {ledger}")
    console().print("                (has anything been changed?)\n")


def _own_folder(folder: Path) -> Path:
    """Make the demonstration's folder; one that holds anything else is left alone."""
    marker = folder / ".seawall-demo"
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise InvalidInput("the folder is not empty and no demo made it", where=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    marker.touch()
    return folder
