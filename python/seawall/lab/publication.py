"""Runs as they are published: several of one commit as one, and long series of samples condensed.

A run of minutes and one of hours, such as that of the faults, are made apart and shown together.
"""

import gzip
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from seawall.errors import Conflict
from seawall.lab.noise import NoiseFloor
from seawall.lab.run_record import PACKED, LabRun, RunEnd, Samples

KEPT = 501
"""Of a longer series of samples so many order statistics are published, evenly apart: least, most,
and each fifth of a percent between."""

_SAME = ("profile", "commit", "machine", "packages_sha256", "file_system")


def join_runs(runs: Sequence[LabRun]) -> LabRun:
    """Bring runs together that measured different steps of the same code at the same place.

    The noise before and after is that of the noisiest of them.

    Raises
    ------
    Conflict
        Of code ``runs_not_joinable``: commit, profile, machine, libraries or file system differ,
        the source had changes, or a step is in two of them.
    """
    first, *others = sorted(runs, key=lambda run: run.head.created_at)
    if not others:
        return first
    for other in others:
        for name in _SAME:
            if getattr(first.head, name) != getattr(other.head, name):
                raise _refusal(f"the runs differ in {name}", first, other)
    if first.head.commit is None or first.head.commit.endswith("-dirty"):
        raise _refusal("nobody knows whether the changed source was the same", *runs)
    steps = [step for run in (first, *others) for step in run.head.steps]
    names = [step.name for step in steps]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _refusal(f"the step {twice[0]} is in two runs", *runs)
    ends = [run.end for run in (first, *others)]
    head = msgspec.structs.replace(
        first.head,
        run_id=" + ".join(run.head.run_id for run in (first, *others)),
        sections=tuple(
            dict.fromkeys(name for run in (first, *others) for name in run.head.sections)
        ),
        steps=tuple(steps),
        noise=_noisiest([run.head.noise for run in (first, *others)]),
    )
    ended = [end for end in ends if end is not None]
    return LabRun(
        path=first.path,
        head=head,
        outcomes=tuple(outcome for run in (first, *others) for outcome in run.outcomes),
        end=RunEnd(
            ended_at=max(end.ended_at for end in ended),
            noise=_noisiest([end.noise for end in ended]),
        )
        if len(ended) == len(runs)
        else None,
    )


def write_data(run: LabRun, folder: Path) -> Path:
    """Write a run, its long series condensed, into one packed file of the same lines.

    Returns
    -------
    Path
        ``run.jsonl.gz``, the same bytes for the same run.
    """
    outcomes = [
        msgspec.structs.replace(outcome, samples=tuple(map(condensed, outcome.samples)))
        for outcome in run.outcomes
    ]
    lines = [run.head, *outcomes, *([run.end] if run.end else [])]
    encoded = b"".join(msgspec.json.encode(line, order="sorted") + b"\n" for line in lines)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"run{PACKED}"
    path.write_bytes(gzip.compress(encoded, mtime=0))
    return path


def condensed(samples: Samples) -> Samples:
    """Return a series with at most `KEPT` values, a longer one as its order statistics."""
    if samples.condensed or len(samples.values) <= KEPT:
        return samples
    shares = np.linspace(0, 1, KEPT)
    values = np.quantile(np.asarray(samples.values), shares, method="nearest")
    return msgspec.structs.replace(
        samples, values=tuple(values.tolist()), condensed=len(samples.values)
    )


def _noisiest(found: Sequence[NoiseFloor]) -> NoiseFloor:
    return max(found, key=lambda noise: noise.floor)


def _refusal(message: str, *runs: LabRun) -> Conflict:
    return Conflict(
        message, code="runs_not_joinable", where=", ".join(run.head.run_id for run in runs)
    )
