"""Figures are read out of bench_api's answer, Locust's CSV and k6's JSON."""

import json
from pathlib import Path

import pytest

from seawall.lab.slo_sources import read_figures

LOCUST = (
    "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,"
    "Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,"
    "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%\n"
    "GET,/health,75,0,2,2.5,1,9.5,20.0,25.0,0.0,2,2,3,3,4,5,6,7,9,9,9\n"
    "POST,/run,25,1,20,25.0,10,95.0,900.0,8.3,0.3,20,22,30,33,44,55,66,77,95,95,95\n"
    ",Aggregated,100,1,3,8.1,1,95.0,240.0,33.3,0.3,3,5,7,9,30,44,66,77,95,95,95\n"
)
K6_EXPORT = {
    "metrics": {
        "http_req_duration": {"avg": 8.1, "min": 1, "med": 3, "max": 95, "p(90)": 30, "p(95)": 44},
        "http_req_duration{name:run}": {"med": 20, "p(99)": 77, "p(99.9)": 95},
        "http_reqs": {"count": 100, "rate": 33.3},
        "http_req_failed": {"passes": 1, "fails": 99, "value": 0.01},
        "vus": {"value": 1, "min": 1, "max": 1},
    }
}
K6_SUMMARY = {
    "metrics": {
        "http_req_duration": {
            "type": "trend",
            "contains": "time",
            "values": {"avg": 8.1, "min": 1, "med": 3, "max": 95, "p(90)": 30, "p(95)": 44},
        },
        "http_reqs": {"type": "counter", "values": {"count": 100, "rate": 33.3}},
        "http_req_failed": {"type": "rate", "values": {"passes": 1, "fails": 99, "rate": 0.01}},
    }
}


def point(metric: str, value: float, second: float, name: str = "run") -> str:
    data = {
        "time": f"2026-01-01T00:00:{second:012.9f}+01:00",
        "value": value,
        "tags": {"name": name, "status": "200"},
    }
    return json.dumps({"type": "Point", "metric": metric, "data": data})


K6_POINTS = "\n".join(
    [
        json.dumps({"type": "Metric", "metric": "http_req_duration", "data": {"type": "trend"}}),
        *(point("http_req_duration", float(n), n / 10) for n in range(1, 101)),
        *(point("http_req_failed", float(n > 95), n / 10) for n in range(1, 101)),
    ]
)


def test_locusts_csv_is_read(tmp_path: Path) -> None:
    file = tmp_path / "load_stats.csv"
    file.write_text(LOCUST)
    figures = read_figures(file)
    assert set(figures) == {"", "GET /health", "POST /run"}
    whole = figures[""]
    assert (whole["p50"], whole["p95"], whole["p99"], whole["p999"]) == (3, 44, 77, 95)
    assert (whole["rps"], whole["error_rate"], whole["mean"]) == (33.3, 0.01, 8.1)
    assert figures["POST /run"]["error_rate"] == 1 / 25


@pytest.mark.parametrize("document", [K6_EXPORT, K6_SUMMARY])
def test_both_summaries_of_k6_are_read(document: object, tmp_path: Path) -> None:
    file = tmp_path / "k6.json"
    file.write_text(json.dumps(document))
    whole = read_figures(file)[""]
    assert (whole["p50"], whole["p90"], whole["p95"], whole["max"]) == (3, 30, 44, 95)
    assert (whole["rps"], whole["error_rate"], whole["mean"]) == (33.3, 0.01, 8.1)


def test_a_part_of_k6_is_a_subject(tmp_path: Path) -> None:
    file = tmp_path / "k6.json"
    file.write_text(json.dumps(K6_EXPORT))
    assert read_figures(file)["name:run"] == {"p50": 20, "p99": 77, "p999": 95}


def test_the_points_of_k6_are_read_exactly(tmp_path: Path) -> None:
    file = tmp_path / "points.json"
    file.write_text(K6_POINTS)
    whole = read_figures(file)[""]
    assert (whole["p50"], whole["p90"], whole["p99"], whole["max"]) == (50, 90, 99, 100)
    assert whole["error_rate"] == 0.05
    assert whole["rps"] == pytest.approx(100 / 9.9)
    assert read_figures(file)["run"] == whole


def test_the_answer_of_bench_api_is_read(tmp_path: Path) -> None:
    summary = {"total_requests": 200, "error_requests": 1, "throughput_rps": 50.0}
    summary |= {"p50_ms": 2.0, "p99_ms": 9.0, "duration_ms": 4000.0, "max_ms": None}
    level = {"connections": 10, "summary": summary}
    file = tmp_path / "api.json"
    file.write_text(json.dumps({"summary": summary, "levels": [level], "requests": []}))
    figures = read_figures(file)
    assert figures[""] == {"rps": 50.0, "error_rate": 0.005, "p50": 2.0, "p99": 9.0}
    assert figures["connections 10"] == figures[""]
