"""``seawall lab``: run, report, compare, history, check."""

from pathlib import Path

import pytest

from seawall.cli.exit_codes import EXIT_FAILED

from .typed import Command

SCRIPT = """
import sys
from pathlib import Path
from seawall.lab.command import benchmark_parser, write_answer, write_record
from seawall.lab.results import measured_here

options = benchmark_parser("stub").parse_args()
if Path("broken").exists():
    sys.exit("broken")
result = measured_here(
    "stub", kind="informational", workload={}, seed=1, unit="ms", samples=[1.0] * 9
)
write_record([result], folder=options.record)
write_answer({}, output=options.output)
"""


FAULT_SCRIPT = """
import sys
from pathlib import Path
from seawall.lab import fault_table
from seawall.lab.command import benchmark_parser
from seawall.lab.faults import run
from seawall.lab.faults.row import Tally, fault_row

def attempt(tries):
    slow, lossy = Path("slow").exists(), Path("lossy").exists()
    tally = Tally(tried=4, acknowledged=3, lost=int(lossy), recoveries_s=[9.0 if slow else 0.01])
    return fault_row("kill", tally, control="no fsync", control_lost=1, notes="a stub")

run.FAULTS = (run.FAULTS[0]._replace(attempt=attempt),)
options = benchmark_parser("stub").parse_args()
sys.exit(fault_table.main(["quick", "--output", options.output]))
"""


@pytest.fixture(autouse=True)
def one_section(monkeypatch: pytest.MonkeyPatch, seawall: Command) -> None:
    """One section of one step, whose command lies in the working folder."""
    from seawall.lab import section_runner, sections
    from seawall.lab.noise import NoiseFloor

    step = sections.Step("stub", "stub.py", ())
    section = sections.Section("stubs", "Stubs", dict.fromkeys(("ci", "quick", "full"), (step,)))
    monkeypatch.setattr(sections, "SECTIONS", (section,))
    noise = NoiseFloor(0.99, 1.01, 0.1, 1.0, 0.1, 0.0)
    monkeypatch.setattr(section_runner, "measure_noise", lambda _: noise)
    Path("benchmarks").mkdir()
    Path("benchmarks/stub.py").write_text(SCRIPT)


def test_a_run_is_kept_reported_and_compared(seawall: Command) -> None:
    done = seawall("lab", "run", "--only", "stubs")
    assert done.exit_code == 0, done.err
    assert "[1/1] stub 1/1 … " in done.err
    answer = seawall("lab", "run", "--only", "stubs", "--json").json()
    assert answer["ok"]
    assert answer["rows"] == []
    assert [step["step"] for step in answer["steps"]] == ["stub"]
    assert len(list(Path("results/lab").glob("*.jsonl"))) == 2
    assert "report.html" in seawall("lab", "report").out
    assert Path("results/lab/report/report.md").is_file()
    first = next(run for run in sorted(Path("results/lab").glob("*.jsonl")))
    compared = seawall("lab", "compare", str(first), "--json").json()
    assert compared["ok"]
    assert compared["comparison"]["works"][0]["ratio"] == 1
    assert "stub" in seawall("lab", "compare", str(first)).out
    assert "2 runs of this machine" in seawall("lab", "history").out
    assert seawall("lab", "history", "--json").json()["steps"] == []


@pytest.fixture
def one_fault(monkeypatch: pytest.MonkeyPatch, one_section: None) -> None:
    """Faults of one row that takes a moment; files of the working folder say how it ends."""
    from seawall.lab import sections

    step = sections.Step("faults", "faults.py", ())
    section = sections.Section("faults", "Faults", {"quick": (step,)})
    monkeypatch.setattr(sections, "SECTIONS", (section,))
    Path("benchmarks/faults.py").write_text(FAULT_SCRIPT)


@pytest.mark.usefixtures("one_fault")
def test_the_table_of_the_faults_is_printed(seawall: Command) -> None:
    done = seawall("lab", "run", "--only", "faults")
    assert done.exit_code == 0, done.err
    lines = done.out.splitlines()
    at = next(n for n, text in enumerate(lines) if text.startswith("failure mode"))
    row = lines[at + 2]
    assert row.startswith("kill -9 during ingests and group commits  sqlite")
    assert "no fsync  a stub" in row


@pytest.mark.usefixtures("one_fault")
@pytest.mark.parametrize(
    ("what", "says"),
    [("slow", "NO: recovery_p95_s 9, not below 0.05"), ("lossy", "  NO  ")],
)
def test_a_fault_that_is_not_ok_is_shown_and_the_command_fails(
    seawall: Command, what: str, says: str
) -> None:
    Path(what).touch()
    done = seawall("lab", "run", "--only", "faults")
    assert done.exit_code == EXIT_FAILED
    assert says in done.out
    assert "not ok      kill" in done.out
    (file,) = Path("results/lab").glob("*.jsonl")
    file.unlink()
    assert seawall("lab", "run", "--only", "faults", "--json").exit_code == EXIT_FAILED


def test_a_report_is_published_with_its_data_and_shown_again(seawall: Command) -> None:
    seawall("lab", "run", "--only", "stubs")
    said = seawall("lab", "report", "--output", "published", "--data").out
    assert "published/run.jsonl.gz" in said
    again = seawall("lab", "report", "published/run.jsonl.gz", "--output", "again")
    assert again.exit_code == 0, again.err
    pages = [Path(folder, "report.md").read_text() for folder in ("published", "again")]
    assert pages[0] == pages[1]


def test_two_runs_of_the_same_step_are_not_one_report(seawall: Command) -> None:
    for _ in range(2):
        seawall("lab", "run", "--only", "stubs")
    first, second = map(str, sorted(Path("results/lab").glob("*.jsonl")))
    seawall("lab", "report", first, second).refused("runs_not_joinable")


def test_a_failed_step_is_shown_and_the_command_fails(seawall: Command) -> None:
    Path("broken").touch()
    done = seawall("lab", "run")
    assert done.exit_code == EXIT_FAILED
    assert "exit status 1: broken" in done.err
    Path("broken").unlink()
    assert seawall("lab", "run").exit_code == 0
    assert len(list(Path("results/lab").glob("*.jsonl"))) == 1


def test_a_flame_graph_lies_beside_the_runs(seawall: Command) -> None:
    done = seawall("lab", "flame", "stub", "--profile", "ci", "--python")
    assert done.exit_code == 0, done.err
    (graph,) = Path("results/lab").glob("*-ci-stub.svg")
    assert graph.name in done.out.replace("\n", "")
    assert ">stub</text>" in graph.read_text()
    seawall("lab", "flame", "other").refused("invalid_input", "there are stub")
    seawall("lab", "flame", "stub", "--output", "absent/a.svg").refused("not_found")


def test_without_the_commands_it_is_refused(seawall: Command) -> None:
    seawall("lab", "run", "--benchmarks", "nowhere").refused("benchmarks_missing", "in a clone")
    seawall("lab", "run", "--only", "nothing").refused("invalid_input", "there are stubs")


def test_what_is_not_there_is_not_found(seawall: Command) -> None:
    seawall("lab", "report").refused("not_found", "seawall lab run")
    seawall("lab", "compare", "a").refused("not_found")
    seawall("lab", "history").refused("not_found")


def test_the_gate_exits_by_its_verdict(seawall: Command) -> None:
    Path("api.json").write_text(
        '{"summary": {"total_requests": 10, "error_requests": 0, "throughput_rps": 5, "p99_ms": 7}}'
    )
    for threshold, status in (("p99<8", 0), ("p99<7", 1), ("p98<7", 2)):
        done = seawall("lab", "check", "api.json", "--threshold", threshold)
        assert done.exit_code == status
    assert "cannot tell" in done.err


PROFILE = """
schema = "seawall.load_profile/1"
name = "smoke"
[[stages]]
duration_s = 1
users = 1
[[requests]]
path = "/health"
"""


def test_a_load_profile_is_exported(seawall: Command) -> None:
    Path("smoke.toml").write_text(PROFILE)
    assert "ProfileUser(FastHttpUser)" in seawall("lab", "export", "smoke.toml").out
    assert seawall("lab", "export", "smoke.toml", "--to", "k6", "--output", "s.js").exit_code == 0
    assert "ramping-vus" in Path("s.js").read_text()
    seawall("lab", "export", "smoke.toml", "--output", "absent/s.js").refused("not_found")
