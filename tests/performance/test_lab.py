"""The laboratory over the real benchmark commands, as small as they go, and at CI size."""

from pathlib import Path

import pytest

from seawall.lab.check_thresholds import main
from seawall.lab.report.checklist import checklist
from seawall.lab.report.page import write_lab_report
from seawall.lab.report.tables import report_tables
from seawall.lab.run_record import LabRun
from seawall.lab.section_runner import run_sections
from seawall.lab.sections import SECTIONS, Section, Step, find_benchmarks, steps_of

pytestmark = pytest.mark.long

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

SMALLEST = {
    "ingestion": "bench_ingestion.py --sizes 20,30,40 --versions 1",
    "modeling": "bench_stress_modeling.py --sizes 10,20 --iterations 2",
    "simulation": "bench_stress_modeling.py --sizes 10,20 --monte-carlo --scenarios 64",
    "api_fresh": "bench_api.py --self-host --connections 1,2,3 --requests 12 --fresh",
    "kept_20": "bench_persistence.py --count 20 --traces 5",
    "users_5": "bench_api.py --self-host --users 5 --duration-s 0.5 --fresh --no-ceiling",
}


def smallest(name: str, command: str) -> Step:
    script, *arguments = command.split()
    return Step(
        name,
        script,
        tuple(arguments),
        records="--monte-carlo" not in command,
        left_out=("requests",) if script == "bench_api.py" else (),
    )


def run(folder: Path) -> LabRun:
    steps = tuple(smallest(*item) for item in SMALLEST.items())
    sections = tuple(Section(one.name, one.title, {"ci": ()}) for one in SECTIONS)
    first = Section(sections[0].name, sections[0].title, {"ci": steps})
    return run_sections((first, *sections[1:]), "ci", benchmarks=BENCHMARKS, folder=folder)


def test_the_answers_of_the_real_commands_fill_the_report(tmp_path: Path) -> None:
    found = run(tmp_path)
    assert [one.error for one in found.outcomes] == [""] * len(SMALLEST)
    tables = {table.number: table for table in report_tables(found)}
    assert {number for number, table in tables.items() if not table.rows} == {"6a", "10"}
    assert [row[0] for row in tables["4"].rows] == [20, 30, 40] * 2
    assert [row[0] for row in tables["5"].rows] == [10, 20]
    assert [row[0] for row in tables["6"].rows] == [1, 2, 3]
    assert [row[0] for row in tables["9"].rows] == [5]
    for table in tables.values():
        empty = {
            name
            for row in table.rows
            for name, value in zip(table.header, row, strict=True)
            if value is None
        }
        assert empty <= {"from ms", "to ms", "from", "to"}  # one run alone has no range
    assert found.good("api_fresh")[0].answer.keys() >= {"levels", "summary"}
    assert "requests" not in found.good("api_fresh")[0].answer
    measured = {one.benchmark for outcome in found.outcomes for one in outcome.samples}
    assert measured >= {"ingestion", "stress_modeling", "api", "persistence_link"}
    page, *_ = write_lab_report(found, tmp_path / "report")
    assert "<svg" in page.read_text()


@pytest.mark.performance
def test_the_benchmarks_at_ci_size_meet_their_service_levels(tmp_path: Path) -> None:
    place = find_benchmarks(BENCHMARKS, steps_of(SECTIONS, "ci"))
    found = run_sections(SECTIONS, "ci", benchmarks=place, folder=tmp_path)
    assert not found.failures()
    page, *_ = write_lab_report(found, tmp_path / "report")
    print(f"\nreport {page}")  # noqa: T201
    not_so = {item.text for item in checklist(found) if item.ok is False}
    # Of the machine and the working tree nobody promises anything here.
    assert not [text for text in not_so if "error" in text or "answer" in text]
    slo = BENCHMARKS / "slo" / "ci.toml"
    assert main([str(found.path), "--slo", str(slo)]) == 0
