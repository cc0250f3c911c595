"""Figures of tests that pytest-benchmark or pytest-codspeed timed."""

from typing import Any

import numpy as np

from seawall.lab.load_samples import exact_percentile

_PERCENTILES = (("p90", 0.9), ("p95", 0.95), ("p99", 0.99))
_FIGURES = {"min": "min", "max": "max", "mean": "mean", "p50": "median"}


def benchmark_figures(document: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return the figures of each test, in ms of one call.

    Parameters
    ----------
    document : dict
        What pytest-benchmark writes for ``--benchmark-json``, or pytest-codspeed in
        ``.codspeed/results_….json`` when it measures wall time.

    Returns
    -------
    dict
        By ``file::test[parameters]``: ``min``, ``max``, ``mean``, ``p50`` and ``rounds``; p90, p95
        and p99 too where the rounds are kept, as ``--benchmark-json`` does.

    Raises
    ------
    ValueError
        If there is no test, or one is there twice.
    KeyError, TypeError
        If it is no such document.
    """
    is_codspeed = "instrument" in document
    found: dict[str, dict[str, float]] = {}
    for one in document["benchmarks"]:
        stats, subject = one["stats"], one["uri" if is_codspeed else "fullname"]
        if subject in found:
            raise ValueError(f"{subject} is there twice")
        if is_codspeed:
            figures = {name: stats[f"{own}_ns"] / 1e6 for name, own in _FIGURES.items()}
        else:
            figures = {name: stats[own] * 1e3 for name, own in _FIGURES.items()}
        if rounds_s := stats.get("data"):
            rounds_ms = np.array(rounds_s) * 1e3
            figures |= {name: exact_percentile(rounds_ms, share) for name, share in _PERCENTILES}
        found[subject] = figures | {"rounds": float(stats["rounds"])}
    if not found:
        raise ValueError("there is no benchmark")
    return found
