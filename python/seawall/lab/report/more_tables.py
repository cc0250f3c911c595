"""The report's further tables: what only the full profile measures; each is shown where it was."""

import statistics
from typing import Any

from seawall.lab.measure import FEWEST_PAIRS, median_interval
from seawall.lab.report.figures import kept_rows
from seawall.lab.report.table import ReportTable, Value
from seawall.lab.run_record import LabRun, Samples, joined

# The others are tables 6 to 6b, and 6g is that of the servers.
_OF_THE_SERVICE = {
    "ingest": "6c",
    "users": "6d",
    "overload": "6e",
    "processes": "6f",
    "health": "6h",
}
_DEFAULTS = ("defaults", "defaults_16", "defaults_avx2")


def modelling_tables(run: LabRun) -> list[ReportTable]:
    """Make the tables of months, sweeps, simulation and tails."""
    return _measured(
        months_table(run),
        sweep_table(run),
        defaults_table(run),
        tail_table(run),
        cluster_table(run),
    )


def service_tables(run: LabRun) -> list[ReportTable]:
    """Make the tables that ``bench_api.py --tables`` measures, and that of the servers."""
    found = [
        table
        for answer in _answers(run, "api_tables")
        for table in answer["tables"]
        if table["name"] in _OF_THE_SERVICE
    ]
    tables = _measured(
        *(
            ReportTable(
                number=_OF_THE_SERVICE[table["name"]],
                title=f"The service: {table['title']}",
                header=tuple(table["columns"]),
                rows=tuple(
                    tuple(row[column] for column in table["columns"]) for row in table["rows"]
                ),
                note="Each table on a server and a store of its own; one run.",
            )
            for table in found
        ),
        servers_table(run),
    )
    return sorted(tables, key=lambda table: table.number)


def store_tables(run: LabRun) -> list[ReportTable]:
    """Make the tables of PostgreSQL and of small commits."""
    return _measured(postgres_table(run), commits_table(run))


def servers_table(run: LabRun) -> ReportTable:
    """Make the table of the same application on two servers."""
    figures = ("cpu_us_per_request", "throughput_rps", "p50_ms", "p99_ms")
    return ReportTable(
        number="6g",
        title="The service on uvicorn and on granian",
        header=(
            *("work", "connections", "server", "server's CPU µs a request", "requests/s"),
            *("p50 ms", "p99 ms"),
        ),
        rows=tuple(
            (
                *(line["work"], line["connections"], server),
                *(line[f"{server}_{figure}"] for figure in figures),
            )
            for answer in _answers(run, "servers")
            for line in answer["works"]
            for server in ("uvicorn", "granian")
        ),
        note="The same application, dataset of one record; a server and a store for each turn.",
    )


def months_table(run: LabRun) -> ReportTable:
    """Make the table of cash flows by month."""
    return ReportTable(
        number="5b",
        title="Over 24 months: cash flows, covenants and waterfall",
        header=("loans", "run ms", "further case ms", "µs a loan and case", "peak MB"),
        rows=tuple(
            (
                *(row["loans"], row["run_ms"], row["further_case_ms"], row["us_a_loan"]),
                row["max_rss_kb"] // 1024,
            )
            for answer in _answers(run, "months")
            for row in answer["sizes"]
        ),
        note="One thread. A run makes the book's calendar, a further case shares it.",
    )


def sweep_table(run: LabRun) -> ReportTable:
    """Make the table of the sweep of scenarios."""
    header = ("instruments", "scenarios", "quarters", "threads", "steps a second")
    return ReportTable(
        number="5c",
        title="Sweep of scenarios",
        header=(*header, "instruction set"),
        rows=tuple(
            (
                *(answer[name] for name in ("instruments", "scenarios", "quarters", "threads")),
                *(answer["steps_per_second"], answer["instruction_set"]),
            )
            for answer in _answers(run, "sweep")
        ),
        note="A step is an instrument under one scenario in one quarter.",
    )


def defaults_table(run: LabRun) -> ReportTable:
    """Make the table of the simulation by factors and instruction sets."""
    names = (
        *("obligors", "factors", "scenarios", "threads", "isa", "obligor_scenarios_per_second"),
        *("two_threads_times_faster", "limit_share", "contributions_share", "what_if_ms"),
    )
    return ReportTable(
        number="5d",
        title="Simulation of defaults",
        header=(
            *("obligors", "factors", "scenarios", "threads", "instruction set"),
            *("obligor-scenarios a second", "two threads: times faster", "share of the limit"),
            *("contributions add", "what-if ms"),
        ),
        rows=tuple(
            tuple(answer["monte_carlo"].get(name) for name in names)
            for step in _DEFAULTS
            for answer in _answers(run, step)
        ),
        note="Share of the limit: the time of the kernel's parts alone by that of the whole."
        " Contributions add so much, as a fraction, to a run; a what-if doubles one obligor's"
        " probability under 100,000 scenarios, both tails included.",
    )


def tail_table(run: LabRun) -> ReportTable:
    """Make the table of seconds to one percent of expected shortfall."""
    answers = [answer["tail_accuracy"] for answer in _answers(run, "tail_accuracy")]
    rivals = answers[0]["rivals"] if answers else []
    return ReportTable(
        number="5e",
        title="Seconds to a standard error of 1 % of ES99.9",
        header=(
            *("copula", "losses", "quarters", "PD %", "scenarios", "seconds"),
            "by importance sampling",
            *(f"{rival}: times as long" for rival in rivals),
        ),
        rows=tuple(
            (
                *(row[name] for name in ("copula", "losses", "quarters", "default_pct")),
                *(round(row["scenarios_to_1_pct"]), row["seconds_to_1_pct"]),
                row["importance"]["seconds_to_1_pct"],
                *(row["rivals"][rival]["times_faster"] for rival in rivals),
            )
            for answer in answers
            for row in answer["rows"]
        ),
        note="".join(
            f"{answer['obligors']:,} obligors on {answer['factors']} factors, runs of"
            f" {answer['scenarios']:,} scenarios, one thread, preparation included; each side's"
            " own standard error counts."
            for answer in answers
        ),
    )


def cluster_table(run: LabRun) -> ReportTable:
    """Make the table of what a cluster on this machine costs."""
    return ReportTable(
        number="5f",
        title="A cluster of worker processes on this machine",
        header=(
            *("workers", "scenarios", "one process s", "least s", "ms a range"),
            *("sending s", "replay s"),
        ),
        rows=tuple(
            (
                *(one["workers"], answer["cluster"]["scenarios"], one["single_process_seconds"]),
                *(one["least_seconds"], 1e3 * one["seconds_a_range"], one["sending_seconds"]),
                one["replay_seconds"],
            )
            for answer in _answers(run, "cluster")
            for one in answer["cluster"]["workers"]
        ),
        note="Dask, one thread a worker; one process has one thread too.",
    )


def postgres_table(run: LabRun) -> ReportTable:
    """Make the table of rows kept in PostgreSQL."""
    return ReportTable(
        number="8a",
        title="Persistence, linking and tracing in PostgreSQL",
        header=(
            *("rows of each", "runs", "RawRecord ms", "Evidence ms", "Finding ms", "Link ms"),
            *("Commit ms", "Read ms", "trace p50 ms", "trace p99 ms"),
        ),
        rows=tuple(
            (
                *(row.count, row.link_ms.count, row.raw_record_ms.middle, row.evidence_ms.middle),
                *(row.finding_ms.middle, row.link_ms.middle, row.commit_ms.middle),
                *(row.read_ms.middle, row.trace_p50_ms.middle, row.trace_p99_ms.middle),
            )
            for row in kept_rows(run, steps="postgres_")
        ),
        note="As tables 7 and 8, in a PostgreSQL server on the same disk with the settings that are"
        " advised for many rows (shared_buffers, max_wal_size), else its own (fsync,"
        " synchronous_commit on).",
    )


def commits_table(run: LabRun) -> ReportTable:
    """Make the table of small requests of many writers."""
    names = ("store", "writers", "requests", "requests_per_s", "requests_a_group")
    return ReportTable(
        number="8b",
        title="Small commits of many writers",
        header=(
            *("database", "writers", "requests", "requests/s", "requests a commit"),
            *("p50 ms", "p99 ms"),
        ),
        rows=tuple(
            tuple(answer[name] for name in (*names, "p50_ms", "p99_ms"))
            for step in ("commits_sqlite", "commits_postgres")
            for answer in _answers(run, step)
        ),
        note="A request keeps a piece of evidence, a finding and their link; each waits for its"
        " durable commit.",
    )


def ratio_tables(run: LabRun) -> list[ReportTable]:
    """Make the table of everything that was timed in turns with something else."""
    return _measured(
        ReportTable(
            number="10a",
            title="Against others",
            header=(
                *("work", "ratio of the times of", "pairs", "ratio", "from", "to"),
                "times faster",
            ),
            rows=tuple(
                _ratio_row(one)
                for step in run.head.steps
                for one in joined(run.good(step.name))
                if one.unit == "ratio"
            ),
            note="In one process (servers: in one each), by turns A B B A, answers checked; medians"
            " of the paired ratios with their 95\u00a0% interval. Below a ratio of 1 seawall is"
            " faster; of servers, whose processor time is compared, uvicorn takes less. Where a"
            " rival does less work, the ratio is of times for the same work. In reading, the rivals"
            " and what is called reader only parse; all else also normalises, keeps what it"
            " refuses, and hashes.",
        )
    )


def _ratio_row(one: Samples) -> tuple[Value, ...]:
    low, high = min(one.values), max(one.values)
    if len(one.values) >= FEWEST_PAIRS:
        low, high, _ = median_interval(one.values)
    middle = statistics.median(one.values)
    work = ", ".join(
        f"{name.replace('_', ' ')} {_shown(value)}"
        for name, value in one.workload.items()
        if name not in ("ratio_of", "instruction_set", "file_bytes", "default_share")
    )
    return (
        f"{one.benchmark.replace('_', ' ')}: {work}",
        str(one.workload.get("ratio_of", "")),
        *(len(one.values), middle, low, high, 1 / middle),
    )


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _answers(run: LabRun, step: str) -> list[Any]:
    return [outcome.answer for outcome in run.good(step)[-1:]]


def _measured(*tables: ReportTable) -> list[ReportTable]:
    return [table for table in tables if table.rows]
