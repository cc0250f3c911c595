"""The report says what a run shows, and of the rest that it was not measured."""

import re
from pathlib import Path

import msgspec
import pytest

from seawall.lab.report.advice import advice_of
from seawall.lab.report.charts import report_graphs
from seawall.lab.report.checklist import checklist
from seawall.lab.report.figures import spread
from seawall.lab.report.page import cell, write_lab_report
from seawall.lab.report.tables import report_tables
from seawall.lab.run_record import LabRun, StepOutcome, read_run

from .made_runs import QUIET, SIZES, full_run, health, kept, level, outcome, write_run


@pytest.fixture
def whole(tmp_path: Path) -> LabRun:
    return read_run(write_run(tmp_path, *full_run()))


def made(tmp_path: Path, *outcomes: StepOutcome, **changes: object) -> LabRun:
    return read_run(write_run(tmp_path, *outcomes, **changes))  # type: ignore[arg-type]


def said(run: LabRun, topic: str) -> str:
    (found,) = [one for one in advice_of(run) if one.topic == topic]
    return " | ".join((found.advice, *found.evidence))


def item(run: LabRun, text: str) -> tuple[bool | None, str]:
    (found,) = [one for one in checklist(run) if text in one.text]
    return found.ok, found.fact


def test_every_table_of_a_whole_run_is_filled(whole: LabRun) -> None:
    tables = report_tables(whole)
    assert [table.number for table in tables] == ["4", "5", "5a", "6", "6a", "7", "8", "9", "10"]
    assert tables.pop().absent.startswith("Not measured")
    for table in tables:
        assert table.rows
        assert not table.absent
        assert all(len(row) == len(table.header) for row in table.rows)
    linking = tables[-2]
    assert [row[0] for row in linking.rows] == list(SIZES)
    assert linking.rows[-1][linking.header.index("links/s")] == round(100_000 / 0.402)
    persistence = tables[-3]
    assert [row[0] for row in persistence.rows] == [100, 1_000, 10_000]


def test_what_was_not_asked_for_is_said_and_not_filled(tmp_path: Path) -> None:
    run = made(tmp_path, *(outcome(f"kept_{n}", kept(n)) for n in SIZES), sections=("linking",))
    by_number = {table.number: table for table in report_tables(run)}
    assert by_number["8"].rows
    assert by_number["4"].rows == ()
    assert by_number["4"].absent == (
        "Not measured: the section ingestion was not asked for in this run."
    )
    pages = write_lab_report(run, tmp_path / "report")
    assert [page.name for page in pages] == ["report.html", "report.md", "linking.svg"]
    text = (tmp_path / "report" / "report.md").read_text()
    assert "Not drawn: this run did not measure it." in text
    assert {one.topic for one in advice_of(run)} == {"Batch size, links"}


def test_a_fault_that_was_not_survived_is_shown_and_crosses_its_item_out(tmp_path: Path) -> None:
    row = {"fault": "kill", "database": "sqlite", "tried": 200, "acknowledged": 900, "lost": 0}
    row |= {"torn": 0, "duplicated": 0, "recovery_p50_s": 0.01, "recovery_p95_s": 0.02}
    row |= {"recovery_max_s": 0.03, "control": "synchronous=OFF", "control_lost": 7, "notes": ""}
    rows = [row | {"ok": True}, row | {"fault": "cut", "lost": 2, "ok": False}]
    run = made(tmp_path, outcome("faults", {"rows": rows}), sections=("faults",))
    table = report_tables(run)[-1]
    shown = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    assert [one["data loss"] for one in shown] == ["none", "2 lost"]
    assert [one["as promised"] for one in shown] == ["yes", "NO"]
    assert item(run, "Every fault") == (False, "1 of 2 faults")


def test_a_failed_step_says_why_its_table_is_empty(tmp_path: Path) -> None:
    failed = msgspec.structs.replace(
        outcome("ingestion", None), error="exit status 1: Traceback\nMemoryError", cost=None
    )
    run = made(tmp_path, failed, ended=False)
    table = report_tables(run)[0]
    assert table.absent == "Not measured: ingestion failed: MemoryError"
    assert item(run, "Every step") == (False, "0 answers, 1 failed, 1 missing")


def test_the_inflection_is_where_more_connections_give_no_more(whole: LabRun) -> None:
    found = said(whole, "Inflection, new durable runs")
    # 1,000 n / (1 + 0.2 (n-1) + 0.0001 n (n-1)) is the most at 100 of the measured ones.
    assert "Throughput is spent at 50 connections" in found
    assert "contention 0.2, coherency 0.0001, peak 89 connections" in found
    assert "within 0% of each point" in found


@pytest.mark.parametrize(
    ("cpu_pct", "says"),
    [
        (190.0, "The machine's cores are the bottleneck"),
        (95.0, "One core's worth of the server is the bottleneck"),
        (40.0, "No processor is the bottleneck"),
    ],
)
def test_the_bottleneck_follows_the_use(tmp_path: Path, cpu_pct: float, says: str) -> None:
    levels = {"levels": [level(n, cpu_pct=cpu_pct) for n in (1, 10, 100)]}
    found = said(made(tmp_path, outcome("api_fresh", levels)), "Bottleneck, new durable runs")
    assert says in found


def test_on_a_shared_machine_no_bottleneck_is_named(tmp_path: Path) -> None:
    levels = {"levels": [level(n) for n in (1, 10, 100)]}
    noisy = msgspec.structs.replace(QUIET, wall_over_cpu=2.0)
    run = made(tmp_path, outcome("api_fresh", levels), noise=noisy)
    assert "Not to be told" in said(run, "Bottleneck, new durable runs")


def test_a_client_at_its_ceiling_is_said_to_be_what_was_measured(tmp_path: Path) -> None:
    levels = [level(n) for n in (1, 10, 100)]
    for one in levels:
        one["ceiling"]["throughput_rps"] = one["summary"]["throughput_rps"] * 1.1
    run = made(tmp_path, outcome("api_fresh", {"levels": levels}))
    assert "The client is measured" in said(run, "Bottleneck, new durable runs")


def test_a_batch_is_large_enough_when_the_fixed_part_is_a_tenth(whole: LabRun) -> None:
    # 9 ms and 3 µs a record: 27,000 records take 81 ms of their own.
    found = said(whole, "Batch size, ingestion")
    assert "at least 27,000 records" in found
    assert "time = 9.0 ms + 3 µs × records" in found
    assert "at least 4,500 links" in said(whole, "Batch size, links")


def test_memory_is_planned_by_its_growth(whole: LabRun) -> None:
    assert "Plan 100 MB for a process and 1.00 KB for each record" in said(whole, "Memory")


def test_a_whole_quiet_run_ticks_the_list(whole: LabRun) -> None:
    found = {one.text: one.ok for one in checklist(whole)}
    not_measured = {text for text, ok in found.items() if ok is None}
    assert not_measured == {"Every fault was survived without loss, and its control lost"}
    assert all(ok for text, ok in found.items() if text not in not_measured)


def test_each_fact_can_cross_its_item_out(tmp_path: Path) -> None:
    run = made(
        tmp_path,
        outcome("api_fresh", {"levels": [level(1), level(10, errors=3)]}),
        outcome("users_1000", {"levels": [level(1_000, errors=1)]}),
        outcome("health", health(ok=False)),
        commit="1" * 40 + "-dirty",
        file_system="tmpfs",
        noise=msgspec.structs.replace(QUIET, ratio_high=1.2),
    )
    assert item(run, "No request failed at any concurrency, new runs") == (
        False,
        "3 of 2,000 requests, up to 10 connections",
    )
    assert item(run, "1,000 users")[0] is False
    assert item(run, "A run answers")[0] is False
    assert item(run, "one commit")[0] is False
    assert item(run, "on a disk")[0] is False
    assert item(run, "quiet enough")[0] is False


def test_the_page_needs_nothing_from_outside_and_says_when_it_was_noisy(tmp_path: Path) -> None:
    noisy = msgspec.structs.replace(QUIET, ratio_low=0.5)
    run = made(tmp_path, *full_run(), noise=noisy)
    page, text, *graphs = write_lab_report(run, tmp_path / "report")
    html = page.read_text()
    assert "This machine was not quiet." in html
    assert "default-src 'none'" in html
    assert not re.findall(r"(?:src|href)=[\"']", html)
    assert html.count("<svg") == len(graphs) == 8
    shown = text.read_text()
    assert "This machine was not quiet." in shown
    for target in re.findall(r"\]\(([^)]+)\)", shown):
        assert (text.parent / target).read_text().startswith("<svg xmlns=")


def test_a_graph_shows_itself_in_a_notebook_and_says_what_its_bars_are(whole: LabRun) -> None:
    graph = next(one for one in report_graphs(whole) if one.name == "throughput")
    assert (graph._repr_svg_() or "").startswith("<svg xmlns=")
    assert repr(graph).startswith("Throughput against concurrency. Points: medians of the repeats")


def test_thin_curves_of_the_laws_go_through_throughput_and_times(whole: LabRun) -> None:
    thin = {one.name: str(one.drawing).count('stroke-width="0.8"') for one in report_graphs(whole)}
    assert {name: count for name, count in thin.items() if count} == {
        "throughput": 2,
        "ingestion": 1,
        "linking": 3,
    }


def test_the_same_run_gives_the_same_bytes(whole: LabRun, tmp_path: Path) -> None:
    one = [path.read_bytes() for path in write_lab_report(whole, tmp_path / "one")]
    other = [path.read_bytes() for path in write_lab_report(whole, tmp_path / "other")]
    assert one == other


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        (1234567, "1,234,567"),
        (1234.6, "1,235"),
        (12.3456, "12.35"),
        (0.0, "0"),
        (0.000123456, "0.0001235"),
        ("raw", "raw"),
    ],
)
def test_a_cell_shows_four_digits(value: str | float | None, text: str) -> None:
    assert cell(value) == text


def test_few_repeats_show_their_range_and_many_an_interval() -> None:
    few = spread([3.0, 1.0, 2.0])
    assert (few.middle, few.low, few.high, few.count) == (2.0, 1.0, 3.0, 3)
    many = spread([float(n) for n in range(100)])
    assert 0 < many.low < many.middle < many.high < 99
