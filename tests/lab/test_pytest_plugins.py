"""The page's example runs under pytest-benchmark and pytest-codspeed, and the gate reads both."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from seawall.errors import SourceUnreadable
from seawall.lab.check_thresholds import EXIT_MET, EXIT_NOT_MET, EXIT_UNKNOWN, main
from seawall.lab.slo_sources import read_figures

PAGE = (Path(__file__).parents[2] / "docs/reference/laboratory.md").read_text()
SUBJECT = "test_speed.py::test_canonical_json"
CODSPEED = ("--codspeed", "--codspeed-max-time=0.05", "--codspeed-warmup-time=0")
BENCHMARK = ("--benchmark-json=speed.json", "--benchmark-max-time=0.05")


@pytest.fixture
def example(tmp_path: Path) -> Path:
    (text,) = re.findall(r"```python\n# test_speed.py\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "test_speed.py").write_text(text)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    return tmp_path


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", *words],
        cwd=folder,
        # In a worker of pytest-xdist pytest-benchmark times nothing.
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    return done.stdout


def asked(limit: str) -> str:
    objective = f'{{ subject = "{SUBJECT}", {limit} }}'
    return f'schema = "seawall.slo/1"\nname = "x"\nobjectives = [{objective}]\n'


def test_what_pytest_benchmark_timed_is_judged(example: Path) -> None:
    run(example, *BENCHMARK)
    found = read_figures(example / "speed.json")
    figures = found[SUBJECT]
    assert set(found) == {SUBJECT}
    assert set(figures) == {"min", "max", "mean", "p50", "p90", "p95", "p99", "rounds"}
    assert 0 < figures["min"] <= figures["p50"] <= figures["p90"] <= figures["p99"]
    assert figures["p99"] <= figures["max"] < 60_000
    assert figures["rounds"] >= 5
    slo = example / "slo.toml"
    for limit, status in (
        ("critical = ['p50<60s', 'rounds>4']", EXIT_MET),
        ("critical = ['min<0.000001ms']", EXIT_NOT_MET),
        ("critical = ['error_rate<1']", EXIT_UNKNOWN),
    ):
        slo.write_text(asked(limit))
        assert main([str(example / "speed.json"), "--slo", str(slo)]) == status
    assert main([str(example / "speed.json"), "--threshold", "p50<60s"]) == EXIT_UNKNOWN


@pytest.mark.parametrize("alone", [True, False])
def test_the_same_test_runs_under_codspeed_and_is_judged(alone: bool, example: Path) -> None:
    said = run(example, *CODSPEED, *(("-p", "no:benchmark") if alone else ()))
    assert "1 benchmarked" in said
    (results,) = (example / ".codspeed").glob("results_*.json")
    found = read_figures(results)
    (subject,) = found
    assert subject.endswith(SUBJECT)
    assert set(found[subject]) == {"min", "max", "mean", "p50", "rounds"}
    assert 0 < found[subject]["min"] <= found[subject]["p50"] <= found[subject]["max"] < 60_000


def test_times_are_milliseconds_of_a_call(tmp_path: Path) -> None:
    seconds = {"min": 0.001, "max": 0.004, "mean": 0.002, "median": 0.003, "rounds": 9}
    nanoseconds = {"min_ns": 1e6, "max_ns": 4e6, "mean_ns": 2e6, "median_ns": 3e6, "rounds": 9}
    for document in (
        {"benchmarks": [{"fullname": "a", "stats": seconds}]},
        {"benchmarks": [{"uri": "a", "stats": nanoseconds}], "instrument": {"type": "walltime"}},
    ):
        (tmp_path / "b.json").write_text(json.dumps(document))
        figures = {"min": 1.0, "max": 4.0, "mean": 2.0, "p50": 3.0, "rounds": 9.0}
        assert read_figures(tmp_path / "b.json") == {"a": figures}


@pytest.mark.parametrize(
    "text",
    [
        '{"benchmarks": []}',
        '{"benchmarks": [{"fullname": "a", "stats": {"min": 1}}]}',
        '{"benchmarks": [{"uri": "a", "stats": {}}], "instrument": {"type": "valgrind"}}',
        '{"benchmarks": 1}',
    ],
)
def test_a_document_without_figures_is_unreadable(text: str, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(SourceUnreadable):
        read_figures(tmp_path / "b.json")


def test_a_test_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    one = '{"fullname": "a", "stats": {"min": 1, "max": 1, "mean": 1, "median": 1, "rounds": 1}}'
    (tmp_path / "b.json").write_text(f'{{"benchmarks": [{one}, {one}]}}')
    with pytest.raises(SourceUnreadable, match="twice"):
        read_figures(tmp_path / "b.json")
