"""The first minutes: a book from bytes to stressed, traced, printed figures, in its own folder."""

from datetime import date
from pathlib import Path
from time import perf_counter

import msgspec

from seawall.cli.output import console, line, progress
from seawall.cli.show import dataset_lines, run_lines
from seawall.errors import InvalidInput
from seawall.ingest import built_in_rates
from seawall.lab.books import write_demo_tape
from seawall.report import write_report
from seawall.session import Dataset, Run, Session

DEMO_SEED = 20260101
_RATES_DATE = "2025-12-31"  # of the generated book
_PATHS = ("frb_2025_severely_adverse",)


class DemoChoice(msgspec.Struct, frozen=True):
    """What the user brings instead of the generated book and the built-in rates."""

    tape: Path | None = None
    profile: str = "generic"
    currency: str | None = None  # None: the currency of most records
    rates: Path | None = None
    rates_date: str | None = None  # None: the tape's reporting date
    instruments: int = 100_000
    obligors: int = 5_000


def run_demo(folder: Path, choice: DemoChoice) -> None:
    """Generate a book (or take the user's), ingest, stress and print it, and say what is next."""
    store = _own_folder(folder) / "seawall.db"
    for suffix in ("", "-wal", "-shm"):  # a demonstration starts from nothing
        Path(f"{store}{suffix}").unlink(missing_ok=True)
    (folder / "report.html").unlink(missing_ok=True)
    console().print()
    tape = choice.tape
    if tape is None:
        tape = folder / "tape.csv"
        write_demo_tape(
            tape, instruments=choice.instruments, obligors=choice.obligors, seed=DEMO_SEED
        )
        line(
            "book",
            f"{choice.instruments:,} instruments over {choice.obligors:,} obligors in five "
            f"currencies, 2 % dirty rows: {tape}",
        )
    with Session(store) as session:
        with progress("ingest", total=None, unit="records", quiet=False) as control:
            begin = perf_counter()
            dataset = session.ingest(tape, profile=choice.profile, control=control)
            seconds = perf_counter() - begin
        line(
            "ingest",
            f"{dataset.record_count:,} records read, normalised, hashed and written durably in "
            f"{seconds:.2f} s ({dataset.record_count / seconds:,.0f}/s)",
        )
        dataset_lines(dataset)
        run = _stress(session, dataset, choice)
        run_lines(run)
        report = write_report(session, run, folder / "report.html")
        worst = max(run.findings[1:], key=lambda finding: finding.body["value"])
    line("report", str(report))
    ledger = f"--store {store}"
    line("next", f"seawall trace {worst.finding_id} {ledger}")
    console().print("                (where does the figure come from?)")
    line("", f"seawall verify {ledger}")
    console().print("                (has anything been changed?)\n")


def _stress(session: Session, dataset: Dataset, choice: DemoChoice) -> Run:
    held = {} if dataset.summary is None else dataset.summary.currencies
    currency = choice.currency or max(held, key=lambda code: held[code])
    rates = None
    rates_date = None
    if set(held) != {currency} or choice.rates is not None:
        rates_date = choice.rates_date or _reporting_date(dataset, generated=choice.tape is None)
        rates = session.ingest(choice.rates or built_in_rates(), profile="ecb_rates")
        line("rates", f"{rates.source['name']}, last on or before {rates_date}, into {currency}")
    begin = perf_counter()
    run = session.stress(
        dataset, supervisory=_PATHS, currency=currency, rates=rates, rates_as_of=rates_date
    )
    seconds = perf_counter() - begin
    quarters = sum(len(path.quarters) for path in run.result.supervisory)
    line(
        "stress",
        f"{len(run.result.stress_tests)} scenarios and {quarters} quarters of "
        f"{len(_PATHS)} supervisory path over every record in {seconds:.2f} s",
    )
    return run


def _reporting_date(dataset: Dataset, *, generated: bool) -> str:
    """The day that the tape speaks of; raises InvalidInput when it does not say."""
    if generated:
        return _RATES_DATE
    records = dataset.records
    days: list[date | None] = (
        records["reporting_date"].to_pylist() if "reporting_date" in records.column_names else []
    )
    told = [day for day in days if day is not None]
    if not told:
        raise InvalidInput(
            "the tape is in several currencies and tells no reporting date: say --rates-date",
            where="rates_date",
        )
    return max(told).isoformat()


def _own_folder(folder: Path) -> Path:
    """Make the demonstration's folder; one that holds anything else is left alone."""
    marker = folder / ".seawall-demo"
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise InvalidInput("the folder is not empty and no demo made it", where=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    marker.touch()
    return folder
