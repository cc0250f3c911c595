"""Figures to judge, out of our own results and of what other tools write."""

import csv
import io
import json
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from seawall.errors import SourceUnreadable
from seawall.lab.benchmark_figures import benchmark_figures
from seawall.lab.load_samples import exact_percentile
from seawall.lab.report.figures import (
    ingest_rows,
    kept_rows,
    level_rows,
    model_rows,
    user_rows,
)
from seawall.lab.run_record import SUFFIX, LabRun, read_run
from seawall.lab.slo import Figures

Found = dict[str, dict[str, float]]

_LOCUST_PERCENTILES = {
    "50%": "p50",
    "66%": "p66",
    "75%": "p75",
    "80%": "p80",
    "90%": "p90",
    "95%": "p95",
    "98%": "p98",
    "99%": "p99",
    "99.9%": "p999",
    "99.99%": "p9999",
    "Max Response Time": "max",
    "Average Response Time": "mean",
    "Min Response Time": "min",
}
_K6_NAMES = {"avg": "mean", "med": "p50", "max": "max", "min": "min"}
_K6_SUBMETRIC = re.compile(r"(http_\w+)(?:\{(.+)\})?")


def read_figures(path: Path) -> Figures:
    """Read the figures of a file, by what it holds.

    Parameters
    ----------
    path : Path
        A run of the laboratory (``.jsonl``), a load that ``seawall lab load`` kept or the answer of
        ``bench_api.py`` (``.json``), Locust's ``…_stats.csv``, of k6 ``--summary-export``,
        ``handleSummary`` or ``--out json``, pytest-benchmark's ``--benchmark-json``, or
        pytest-codspeed's ``.codspeed/results_….json``.

    Raises
    ------
    SourceUnreadable
        If it is none of these.
    InvalidInput
        Of a damaged run.
    OSError
        If the file cannot be read.
    """
    try:
        if path.suffix == ".csv":
            return _locust(path.read_text(encoding="utf-8-sig"))
        first = path.read_bytes().split(b"\n", 1)[0]
        if path.suffix == SUFFIX and b'"seawall.lab.run/' in first:
            return run_figures(read_run(path))
        try:
            document = json.loads(path.read_bytes())
        except ValueError:
            return _k6_points(path.read_text(encoding="utf-8").splitlines())
        if document.get("schema") == "seawall.lab.load/1":
            return {name: _load(one) for name, one in document["figures"].items()}
        if "benchmarks" in document:
            return benchmark_figures(document)
        if "metrics" in document:
            return _k6_summary(document["metrics"])
        if "summary" in document:
            return _api_answer(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceUnreadable(f"{type(error).__name__}: {error}", where=path.name) from error
    raise SourceUnreadable(
        "is no result of seawall, Locust, k6, pytest-benchmark or pytest-codspeed", where=path.name
    )


def run_figures(run: LabRun) -> Figures:
    """Return the figures of a run by step and size, such as ``api_fresh 100``."""
    found: Found = {}
    levels = [(step, level_rows(run, step)) for step in ("api_fresh", "api_replays")]
    for name, rows in (*levels, ("users", user_rows(run))):
        for row in rows:
            own = found.setdefault(f"{name} {row.connections}", {})
            own |= {"rps": row.rps.middle, "error_rate": row.error_rate}
            for figure in ("p50", "p90", "p99"):
                if spread := getattr(row, f"{figure}_ms"):
                    own[figure] = spread.middle
            if row.cpu_pct is not None:
                own["cpu_pct"] = row.cpu_pct
    for ingest in ingest_rows(run):
        found[f"ingestion {ingest.mode} {ingest.size}"] = {
            "p50": ingest.ms.middle,
            "records_per_s": ingest.records_per_s,
            "peak_mb": ingest.peak_kb / 1024,
        }
    for step in ("modeling", "simulation"):
        for model in model_rows(run, step):
            found[f"{step} {model.instruments}"] = {
                "p50": model.ms.middle,
                "peak_mb": model.peak_kb / 1024,
            }
    for kept in kept_rows(run):
        found[f"kept {kept.count}"] = {
            "raw_record_ms": kept.raw_record_ms.middle,
            "evidence_ms": kept.evidence_ms.middle,
            "finding_ms": kept.finding_ms.middle,
            "link_ms": kept.link_ms.middle,
            "links_per_s": kept.count / kept.link_ms.middle * 1e3,
            "trace_p50_ms": kept.trace_p50_ms.middle,
            "trace_p99_ms": kept.trace_p99_ms.middle,
        }
    return found


def _load(figures: dict[str, Any]) -> dict[str, float]:
    found = {"rps": figures["throughput_rps"]}
    found |= {"requests": figures["requests"], "error_rate": figures["error_rate"]}
    for key, value in figures.items():
        if key.endswith("_ms") and value is not None:
            found[key.removesuffix("_ms")] = value
    return {name: float(value) for name, value in found.items()}


def _api_answer(document: dict[str, Any]) -> Found:
    found = {"": _summary(document["summary"])}
    for level in document.get("levels", []):
        found[f"connections {level['connections']}"] = _summary(level["summary"])
    return found


def _summary(summary: dict[str, Any]) -> dict[str, float]:
    total = summary["total_requests"]
    figures = {"rps": summary["throughput_rps"]}
    figures |= {"error_rate": summary["error_requests"] / total} if total else {}
    for key, value in summary.items():
        if key.endswith("_ms") and value is not None and key != "duration_ms":
            figures[key.removesuffix("_ms")] = value
    return {name: float(value) for name, value in figures.items()}


def _locust(text: str) -> Found:
    found: Found = {}
    for row in csv.DictReader(io.StringIO(text)):
        subject = "" if row["Name"] == "Aggregated" else f"{row['Type']} {row['Name']}".strip()
        count = int(row["Request Count"])
        figures = {"rps": float(row["Requests/s"]), "requests": float(count)}
        if count:
            figures["error_rate"] = int(row["Failure Count"]) / count
        for column, name in _LOCUST_PERCENTILES.items():
            if count and row.get(column) not in (None, "", "N/A"):
                figures[name] = float(row[column])
        found[subject] = figures
    if "" not in found:
        raise ValueError("there is no row Aggregated")
    return found


def _k6_summary(metrics: dict[str, Any]) -> Found:
    found: Found = {}
    for key, metric in metrics.items():
        name = _K6_SUBMETRIC.fullmatch(key)
        if not name:
            continue
        values = metric.get("values", metric)
        own = found.setdefault(name[2] or "", {})
        if name[1] == "http_req_duration":
            for figure, value in values.items():
                if percentile := re.fullmatch(r"p\(([0-9.]+)\)", figure):
                    own["p" + percentile[1].replace(".", "")] = float(value)
                elif figure in _K6_NAMES:
                    own[_K6_NAMES[figure]] = float(value)
        elif name[1] == "http_reqs":
            own |= {"rps": float(values["rate"]), "requests": float(values["count"])}
        elif name[1] == "http_req_failed":
            own["error_rate"] = float(values["rate"] if "rate" in values else values["value"])
    if not found.get(""):
        raise ValueError("there are no http_ metrics")
    return found


def _k6_points(lines: Iterable[str]) -> Found:
    durations: dict[str, list[float]] = {}
    failed: dict[str, list[float]] = {}
    times: list[float] = []
    for line in lines:
        entry = json.loads(line)
        if entry["type"] != "Point" or entry["metric"] not in (
            "http_req_duration",
            "http_req_failed",
        ):
            continue
        data = entry["data"]
        kept = durations if entry["metric"] == "http_req_duration" else failed
        for subject in {"", data["tags"].get("name", "")}:
            kept.setdefault(subject, []).append(float(data["value"]))
        times.append(datetime.fromisoformat(_microseconds(data["time"])).timestamp())
    if "" not in durations:
        raise ValueError("there is no request")
    span_s = max(times) - min(times)
    found: Found = {}
    for subject, values in durations.items():
        column = np.array(values)
        found[subject] = {
            f"p{name}": exact_percentile(column, share)
            for name, share in (
                ("50", 0.5),
                ("90", 0.9),
                ("95", 0.95),
                ("99", 0.99),
                ("999", 0.999),
            )
        } | {"max": float(column.max()), "mean": float(column.mean())}
        if span_s > 0:
            found[subject]["rps"] = len(values) / span_s
        if subject in failed:
            found[subject]["error_rate"] = sum(failed[subject]) / len(failed[subject])
    return found


def _microseconds(time: str) -> str:
    """Cut the nanoseconds of k6's times, which Python cannot read."""
    return re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", time)
