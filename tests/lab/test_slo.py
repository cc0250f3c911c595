"""Thresholds are strict, every declared one can fail, and what cannot be told is no pass."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from seawall.errors import InvalidInput, InvalidProfile, NotFound
from seawall.lab.check_thresholds import main
from seawall.lab.slo import Threshold, judge_figures, parse_threshold, read_slo
from seawall.lab.slo_output import junit_xml, verdict_lines
from seawall.lab.slo_sources import read_figures

from .made_runs import full_run, write_run
from .test_slo_sources import LOCUST

SLO = Path(__file__).parents[2] / "benchmarks" / "slo"


@pytest.mark.parametrize(
    ("text", "figure", "sign", "limit"),
    [
        ("p99<200", "p99", "<", 200),
        (" p50 < 0.2s ", "p50", "<", 200),
        ("p95<15ms", "p95", "<", 15),
        ("error_rate<0.1%", "error_rate", "<", 0.001),
        ("error_rate<1e-3", "error_rate", "<", 0.001),
        ("rps>500", "rps", ">", 500),
    ],
)
def test_a_threshold_is_read(text: str, figure: str, sign: str, limit: float) -> None:
    found = parse_threshold(text)
    assert (found.figure, found.sign) == (figure, sign)
    assert found.limit == pytest.approx(limit)


@pytest.mark.parametrize(
    "text",
    [
        *("", "p99", "p99<=200", "p99=200", "200>p99", "p99<-1", "p99<nan", "p99<1e999"),
        *("rps>5ms", "rps>5s", "p99<5%", "p99<200<300"),
    ],
)
def test_what_is_no_threshold_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_threshold(text)


def test_a_limit_itself_is_not_met() -> None:
    below, above = Threshold("p99", "<", 200), Threshold("rps", ">", 200)
    assert [below.is_met(value) for value in (199.999, 200.0, 200.001)] == [True, False, False]
    assert [above.is_met(value) for value in (199.999, 200.0, 200.001)] == [False, False, True]


DECLARED = [
    (path.name, *threshold)
    for path in sorted(SLO.glob("*.toml"))
    for threshold in read_slo(path).thresholds()
]


@pytest.mark.parametrize(("file", "subject", "level", "threshold"), DECLARED, ids=str)
def test_each_declared_threshold_passes_fails_and_fails_at_its_limit(
    file: str, subject: str, level: str, threshold: Threshold
) -> None:
    asked = read_slo(SLO / file).thresholds()

    def met(at: float) -> list[bool]:
        """Put every other figure on its good side, and this one at a part of its limit."""
        figures: dict[str, dict[str, float]] = {}
        strictest: dict[tuple[str, str], float] = {}
        for other, _, one in asked:
            good = one.limit * (0.5 if one.sign == "<" else 2)
            key = (other, one.figure)
            choose = min if one.sign == "<" else max
            strictest[key] = choose(strictest.get(key, good), good)
        strictest[subject, threshold.figure] = threshold.limit * at
        for (other, figure), value in strictest.items():
            figures.setdefault(other, {})[figure] = value
        verdicts = judge_figures(asked, figures)
        return [one.met for one in verdicts if (one.subject, one.threshold) == (subject, threshold)]

    good, bad = (0.5, 1.5) if threshold.sign == "<" else (1.5, 0.5)
    assert met(good) == [True]
    assert met(bad) == [False]
    assert met(1) == [False]


def test_every_declared_subject_is_a_figure_of_a_run(tmp_path: Path) -> None:
    figures = read_figures(write_run(tmp_path, *full_run()))
    there = {(subject, figure) for subject, own in figures.items() for figure in own}
    for _, subject, _, threshold in DECLARED:
        assert (subject, threshold.figure) in there


# --- the gate


@pytest.fixture
def locust(tmp_path: Path) -> Path:
    file = tmp_path / "load_stats.csv"
    file.write_text(LOCUST)
    return file


@pytest.mark.parametrize(
    ("thresholds", "status"),
    [
        (["p99<78", "error_rate<1.1%", "rps>33"], 0),
        (["p99<77"], 1),
        (["error_rate<0.01"], 1),
        (["rps>33.3"], 1),
        (["p99<78", "rps>34"], 1),
        (["p97<10"], 2),
        (["p99"], 2),
        ([], 2),
    ],
)
def test_the_exit_code_is_the_verdict(locust: Path, thresholds: list[str], status: int) -> None:
    words = [word for text in thresholds for word in ("--threshold", text)]
    assert main([str(locust), *words]) == status


def test_what_cannot_be_read_is_not_told(locust: Path, tmp_path: Path) -> None:
    asked = ["--threshold", "p99<100"]
    empty, other = tmp_path / "empty.json", tmp_path / "other.json"
    empty.write_text("")
    other.write_text('{"a": 1}')
    nothing = tmp_path / "no_rows.csv"
    nothing.write_text(LOCUST.split("\n")[0] + "\n")
    broken = tmp_path / "slo.toml"
    broken.write_text('schema = "seawall.slo/1"\nname = "x"\n[[objectives]]\ncritical = ["p99"]\n')
    for file in (empty, other, nothing, tmp_path / "absent.json"):
        assert main([str(file), *asked]) == 2, file
    assert main([str(locust), "--slo", str(broken)]) == 2
    assert main([str(locust), "--slo", str(tmp_path / "absent.toml")]) == 2


def write_slo(folder: Path, critical: str, warning: str) -> Path:
    file = folder / "slo.toml"
    file.write_text(
        'schema = "seawall.slo/1"\nname = "gate"\n[[objectives]]\nsubject = "POST /run"\n'
        f'critical = ["{critical}"]\nwarning = ["{warning}"]\n'
    )
    return file


def test_a_warning_is_told_and_does_not_fail(
    locust: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slo = write_slo(tmp_path, "p99<100", "p50<10")
    junit, summary = tmp_path / "junit.xml", tmp_path / "summary.md"
    words = ["--slo", str(slo), "--junit", str(junit), "--summary", str(summary)]
    assert main([str(locust), *words]) == 0
    assert "1 warnings" in capsys.readouterr().out
    suite = ET.parse(junit).getroot()  # noqa: S314  (our own)
    assert (suite.get("tests"), suite.get("failures")) == ("2", "0")
    assert "measured 20, asked p50<10" in (suite[1].findtext("system-out") or "")
    assert "| POST /run | p50<10 | 20 | warning | **not met** |" in summary.read_text()


def test_a_critical_failure_is_a_failed_case(locust: Path, tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    slo = write_slo(tmp_path, "p99<50", "p50<100")
    assert main([str(locust), "--slo", str(slo), "--junit", str(junit)]) == 1
    suite = ET.parse(junit).getroot()  # noqa: S314  (our own)
    assert suite.get("failures") == "1"
    failure = suite[0].find("failure")
    assert failure is not None
    assert failure.get("message") == "measured 77, asked p99<50"


def test_the_gate_of_a_run_reads_its_steps(tmp_path: Path) -> None:
    run = write_run(tmp_path, *full_run())
    verdicts = judge_figures(
        [("kept 10000", "critical", parse_threshold("links_per_s>1000"))], read_figures(run)
    )
    assert verdicts[0].measured == pytest.approx(10_000 / 0.042)
    assert "passed" in verdict_lines(verdicts, name="run")
    assert junit_xml(verdicts, name="run").startswith(b"<?xml")


def test_a_subject_or_figure_that_is_not_there_is_named() -> None:
    with pytest.raises(NotFound, match="'POST /x'"):
        judge_figures([("POST /x", "critical", parse_threshold("p50<1"))], {"": {"p50": 1}})
    with pytest.raises(NotFound, match=r"p51.*there is p50"):
        judge_figures([("", "critical", parse_threshold("p51<1"))], {"": {"p50": 1}})
    with pytest.raises(InvalidInput, match="not finite"):
        judge_figures([("", "critical", parse_threshold("p50<1"))], {"": {"p50": float("nan")}})


@pytest.mark.parametrize(
    "text",
    [
        'schema = "seawall.slo/2"\nname = "x"\n',
        'schema = "seawall.slo/1"\nname = "x"\nobjectives = []\n',
        'schema = "seawall.slo/1"\nname = "x"\n[[objectives]]\n',
        'schema = "seawall.slo/1"\nname = "x"\n[[objectives]]\ncritcal = ["p50<1"]\n',
        "not toml",
    ],
)
def test_a_file_of_other_service_levels_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "slo.toml"
    file.write_text(text)
    with pytest.raises(InvalidProfile) as refusal:
        read_slo(file)
    assert "slo.toml" in refusal.value.where


def test_the_command_is_there(locust: Path) -> None:
    script = SLO.parent / "check_thresholds.py"
    words = [sys.executable, str(script), str(locust), "--threshold", "p99<77"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "**not met**" in done.stdout
