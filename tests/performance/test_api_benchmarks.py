"""The commands that ask a service over HTTP, against a stand-in for it that counts."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seawall.lab.http_target import HttpTarget, ask, served
from seawall.lab.results import read_result

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
STAND_IN = [sys.executable, str(ROOT / "tests/lab/stand_in_service.py"), "{port}", "{store}"]
SUMMARY = {
    "total_requests",
    "success_requests",
    "error_requests",
    "duration_ms",
    "throughput_rps",
    "p50_ms",
    "p90_ms",
    "p99_ms",
}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[HttpTarget]:
    with served(store=tmp_path / "service.db", command=STAND_IN) as target:
        yield target


def run(script: str, *arguments: str, folder: Path, status: int = 0) -> Any:
    """Run a command as a user would and return what it wrote, and its table."""
    output = folder / "answer.json"
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / script), *arguments, "--output", str(output)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    if not output.exists():
        return done.stderr
    text = output.read_text()
    answer = json.loads(text)
    assert text == json.dumps(answer, indent=2, sort_keys=True) + "\n"
    return answer


def runs_of(service: HttpTarget) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(service.base_url, "/runs").document()
    return found


def on(service: HttpTarget) -> list[str]:
    return [
        *("--base-url", service.base_url, "--api-key", service.api_key),
        *("--dataset-version-id", "dv_1", "--no-ceiling"),
    ]


def test_the_api_command_has_the_contracts_arguments_and_keys(
    service: HttpTarget, tmp_path: Path
) -> None:
    parameters = tmp_path / "parameters.json"
    parameters.write_text('{"report_note": "ü"}')
    answer = run(
        "bench_api.py",
        *on(service),
        *("--endpoint", "/api/v3/engines/distressed-asset-debt-stress/run"),
        *("--started-at", "2026-02-03T00:00:00Z"),
        *("--requests", "12", "--concurrency", "3", "--warmup", "2"),
        *("--parameters", str(parameters), "--record", str(tmp_path / "kept")),
        folder=tmp_path,
    )
    assert answer["summary"].keys() >= SUMMARY
    assert answer["summary"]["total_requests"] == answer["summary"]["success_requests"] == 12
    assert len(answer["requests"]) == 12
    assert all(row.keys() == {"latency_ms", "status_code", "error"} for row in answer["requests"])
    assert {(row["status_code"], row["error"]) for row in answer["requests"]} == {(200, None)}
    assert runs_of(service) == 14 * [
        {
            "dataset_version_id": "dv_1",
            "started_at": "2026-02-03T00:00:00Z",
            "parameters": {"report_note": "ü"},
        }
    ]
    (kept,) = (tmp_path / "kept").iterdir()
    latencies = [row["latency_ms"] for row in answer["requests"]]
    assert list(read_result(kept).samples) == latencies


def test_a_fresh_run_is_another_one_each_time_also_of_the_next_command(
    service: HttpTarget, tmp_path: Path
) -> None:
    for _ in range(2):
        run("bench_api.py", *on(service), "--requests", "20", "--fresh", folder=tmp_path)
    varied = [
        document["parameters"]["net_exposure_materiality_threshold_pct"]
        for document in runs_of(service)
    ]
    assert len(set(varied)) == len(varied) == 50
    assert all(0.2 < threshold < 0.3 for threshold in varied)


def test_an_open_loop_keeps_its_rate(service: HttpTarget, tmp_path: Path) -> None:
    answer = run(
        "bench_api.py",
        *on(service),
        *("--requests", "20", "--warmup", "5", "--open-loop", "50"),
        folder=tmp_path,
    )
    assert answer["summary"]["total_requests"] == 20
    assert answer["summary"]["duration_ms"] > 379  # from the first to the last: 19 fiftieths
    assert answer["levels"][0]["loop"] == "open"
    assert len(runs_of(service)) == 25


def test_a_wrong_answer_is_an_error_of_the_api(service: HttpTarget, tmp_path: Path) -> None:
    answer = run(
        "bench_api.py",
        *on(service),
        *("--dataset-version-id", "nowhere", "--requests", "4", "--warmup", "0"),
        folder=tmp_path,
    )
    assert answer["summary"]["error_requests"] == 4
    assert answer["summary"]["p99_ms"] is None
    assert answer["summary"]["status_codes"] == {"404": 4}
    assert answer["requests"][0]["error"] == "unexpected_status"


def test_a_server_of_its_own_is_loaded_at_several_concurrencies(tmp_path: Path) -> None:
    answer = run(
        "bench_api.py",
        *("--self-host", "--server-command", json.dumps(STAND_IN), "--records", "3"),
        *("--connections", "1,4", "--requests", "40"),
        folder=tmp_path,
    )
    assert [level["connections"] for level in answer["levels"]] == [1, 4]
    for level in answer["levels"]:
        assert level["summary"]["error_requests"] == 0
        assert level["ceiling"]["throughput_rps"] > level["summary"]["throughput_rps"]
        assert level["client_cpu_us_per_request"] > 0
        assert level["server"]["store_connections"] == 1
        assert 0 < level["server"]["memory_pct"] < 100


def test_all_tables_of_the_service_are_filled_by_one_command(tmp_path: Path) -> None:
    answer = run(
        "bench_api.py",
        *("--self-host", "--tables", "--profile", "tiny", "--processes", "2"),
        folder=tmp_path,
    )
    tables = {table["name"]: table for table in answer["tables"]}
    assert set(tables) == {
        *("replays", "fresh", "replays_of_a_book", "ingest", "users", "overload", "processes"),
        "health",
    }
    for name in ("replays", "fresh"):
        assert [row["connections"] for row in tables[name]["rows"]] == [1, 4]
        assert all(row["errors"] == 0 and row["rps"] > 0 for row in tables[name]["rows"])
    assert tables["ingest"]["rows"][0]["records/s"] > 0
    both = ["replays", "new runs"]
    assert [row["work"] for row in tables["users"]["rows"]] == both
    assert [row["work"] for row in tables["overload"]["rows"]] == both * 2
    assert [row["processes"] for row in tables["overload"]["rows"]] == [1, 1, 2, 2]
    for row in tables["users"]["rows"]:
        assert row["errors %"] == 0
        assert row["store connections"] >= 1
    for row in tables["overload"]["rows"]:
        assert row["other errors"] == 0
    rows = tables["processes"]["rows"]
    assert [row["processes"] for row in rows] == [1, 2, 1, 2]
    assert all(row["errors"] == 0 and row["rps"] > 0 for row in rows)
    rows = tables["health"]["rows"]
    assert [row["asked"] for row in rows] == [25, 25, 25]
    assert all(row["errors"] == 0 and row["p99 ms"] <= row["max ms"] for row in rows)
    assert answer["machine"]["cpu_model"]
    for table in tables.values():
        assert all(set(row) == set(table["columns"]) for row in table["rows"])


def test_users_run_for_a_time(tmp_path: Path) -> None:
    answer = run(
        "bench_api.py",
        *("--self-host", "--server-command", json.dumps(STAND_IN), "--no-ceiling"),
        *("--users", "5", "--duration-s", "0.5", "--think-s", "0.01,0.03", "--fresh"),
        folder=tmp_path,
    )
    assert answer["summary"]["error_requests"] == 0
    assert answer["summary"]["total_requests"] <= 5 * 0.5 / 0.01


def test_health_is_five_checks_and_fails_with_one_of_them(
    service: HttpTarget, tmp_path: Path
) -> None:
    answer = run(
        "health_check.py",
        *("--base-url", service.base_url, "--api-key", service.api_key),
        *("--dataset-version-id", "dv_1", "--timeout", "5"),
        folder=tmp_path,
    )
    labels = ["db_connectivity", "evidence_linking", "api_health", "engine_health", "api_run"]
    assert [check["label"] for check in answer["checks"]] == labels
    assert answer.keys() == {"timestamp", "checks"}
    assert all(check["ok"] and check["latency_ms"] > 0 for check in answer["checks"])
    answer = run(
        "health_check.py",
        *("--base-url", service.base_url, "--api-key", service.api_key),
        *("--dataset-version-id", "nowhere"),
        folder=tmp_path,
        status=1,
    )
    assert [check["ok"] for check in answer["checks"]] == [True, True, True, True, False]
    assert "404" in answer["checks"][-1]["detail"]


@pytest.mark.parametrize("script", ["bench_api.py", "health_check.py"])
def test_a_server_that_is_not_this_machine_is_refused(script: str, tmp_path: Path) -> None:
    said = run(
        script,
        *("--base-url", "http://192.0.2.1:80", "--dataset-version-id", "dv_1"),
        folder=tmp_path,
        status=1,
    )
    assert "not this machine" in said


def test_the_server_is_compared_with_another(tmp_path: Path) -> None:
    answer = run(
        "bench_servers.py",
        *("--rounds", "1", "--connections", "2", "--replays", "20", "--new-runs", "10"),
        folder=tmp_path,
    )
    turns = [row["server"] for row in answer["rows"] if row["work"] == "replays"]
    assert turns == ["uvicorn", "granian", "granian", "uvicorn"]
    assert [line["work"] for line in answer["works"]] == ["replays", "new runs"]
    assert all(len(line["cpu_ratios"]) == 2 for line in answer["works"])
