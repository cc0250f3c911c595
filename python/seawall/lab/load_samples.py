"""Every request of a load as columns, and the figures that are read off them."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from seawall.errors import InvalidInput

OUTCOMES = (
    "ok",
    "unexpected_status",
    "missing_text",
    "timeout",
    "connect_failed",
    "connection_closed",
    "malformed_response",
    "response_too_large",
)
"""How a request ended, by its number in the samples; the first is the only good one."""

_TYPES: dict[str, type[np.generic]] = {
    "number": np.int64,
    "kind": np.int32,
    "status": np.int32,
    "intended_ns": np.int64,
    "sent_ns": np.int64,
    "done_ns": np.int64,
    "received_bytes": np.int64,
    "outcome": np.uint8,
}

_TIMEOUT = OUTCOMES.index("timeout")

Column = np.ndarray[Any, np.dtype[Any]]


class LoadSamples(msgspec.Struct, frozen=True, eq=False):
    """Columns of shape (request_count,), in the order of the requests' numbers.

    Times are nanoseconds from the start of the run.
    """

    number: Column
    kind: Column  # of the profile's requests
    status: Column  # 0 without an answer
    intended_ns: Column  # when it was due
    sent_ns: Column  # when its first byte was written; -1: never
    done_ns: Column
    received_bytes: Column
    outcome: Column  # of OUTCOMES

    def __len__(self) -> int:
        return len(self.number)

    def chosen(self, mask: Column) -> "LoadSamples":
        """Return those for which the mask is true."""
        return LoadSamples(**{name: getattr(self, name)[mask] for name in _TYPES})

    @property
    def latency_ns(self) -> Column:
        """From the intended start to the end, whatever the end was."""
        return np.asarray(self.done_ns - self.intended_ns)

    @property
    def judged_latency_ns(self) -> Column:
        """Latencies of right answers and of requests that were given up after their time.

        Without the latter a server that stalls would look the better the longer it stalls; other
        errors are quick refusals, which would make it look fast.
        """
        return np.asarray(self.latency_ns[(self.outcome == 0) | (self.outcome == _TIMEOUT)])

    @property
    def error_count(self) -> int:
        """Those that did not end well."""
        return int(np.count_nonzero(self.outcome))

    def span_s(self) -> float:
        """Return the time from the first intended start to the last end; 0 if there is none."""
        if len(self) == 0:
            return 0.0
        return float(self.done_ns.max() - self.intended_ns.min()) / 1e9


class LoadFigures(msgspec.Struct, frozen=True):
    """What a load came to; latencies as of `LoadSamples.judged_latency_ns`, None without any."""

    requests: int
    errors: int
    error_rate: float
    span_s: float
    throughput_rps: float  # right answers a second
    p50_ms: float | None
    p90_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    p999_ms: float | None
    max_ms: float | None
    sent_late_p99_ms: float | None  # after the intended start: for want of a connection or of CPU
    errors_by_kind: dict[str, int]
    statuses: dict[str, int]  # by the code as text; "none" without an answer


class RefusalFigures(msgspec.Struct, frozen=True):
    """How soon what did not fit was told so, from when it was sent; None without any."""

    count: int
    p50_ms: float | None
    p90_ms: float | None
    p99_ms: float | None
    max_ms: float | None


class LoadSecond(msgspec.Struct, frozen=True):
    """One second of a run; a request belongs to the second in which it was due."""

    second: int
    due: int
    ended: int  # in this second, whenever they were due
    errors: int  # of those due
    p50_ms: float | None  # of those due
    p99_ms: float | None


def samples_of(columns: Mapping[str, bytes]) -> LoadSamples:
    """Read the columns that the core gives."""
    return LoadSamples(
        **{name: np.frombuffer(columns[name], dtype=kind) for name, kind in _TYPES.items()}
    )


def write_samples(samples: LoadSamples, *, path: Path) -> None:
    """Keep samples in a compressed ``.npz`` file, a column each."""
    with path.open("wb") as file:
        np.savez_compressed(file, **{name: getattr(samples, name) for name in _TYPES})


def read_samples(path: Path) -> LoadSamples:
    """Read what `write_samples` kept.

    Raises
    ------
    InvalidInput
        If it is not that.
    OSError
        If the file cannot be read.
    """
    try:
        with np.load(path, allow_pickle=False) as columns:
            return LoadSamples(**{name: columns[name] for name in _TYPES})
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InvalidInput(f"holds no samples: {error}", where=path.name) from error


def exact_percentile(values: Column, share: float) -> float:
    """Return the least value that at least this share of the values does not exceed.

    Parameters
    ----------
    values : array of shape (count,)
        In any order, at least one.
    share : float
        Above 0, at most 1.

    Raises
    ------
    InvalidInput
        Without values, or for another share.
    """
    if len(values) == 0:
        raise InvalidInput("are none", where="values")
    if not 0 < share <= 1:
        raise InvalidInput("must be above 0 and at most 1", where="share")
    # Rounded first: 0.99 · 100 is a little more than 99.
    rank = int(np.ceil(round(share * len(values), 6))) - 1
    return float(np.partition(values, rank)[rank])


def refusals_of(samples: LoadSamples, *, status: int = 503) -> RefusalFigures:
    """Sum up the whole answers of a status, in which `figures_of` sees errors without a time."""
    mask = (samples.status == status) & (samples.sent_ns >= 0)
    took = (samples.done_ns - samples.sent_ns)[mask]

    def percentile_ms(share: float) -> float | None:
        return exact_percentile(took, share) / 1e6 if len(took) else None

    return RefusalFigures(
        count=len(took),
        p50_ms=percentile_ms(0.5),
        p90_ms=percentile_ms(0.9),
        p99_ms=percentile_ms(0.99),
        max_ms=percentile_ms(1.0),
    )


def figures_of(samples: LoadSamples) -> LoadFigures:
    """Sum up samples; percentiles are exact, of the raw latencies."""
    latencies = samples.judged_latency_ns
    sent = samples.sent_ns >= 0
    late = (samples.sent_ns - samples.intended_ns)[sent]
    span_s = samples.span_s()
    count = len(samples)
    outcomes, outcome_counts = np.unique(samples.outcome, return_counts=True)
    statuses, status_counts = np.unique(samples.status, return_counts=True)

    def percentile_ms(share: float) -> float | None:
        return exact_percentile(latencies, share) / 1e6 if len(latencies) else None

    return LoadFigures(
        requests=count,
        errors=samples.error_count,
        error_rate=samples.error_count / count if count else 0.0,
        span_s=span_s,
        throughput_rps=(count - samples.error_count) / span_s if span_s > 0 else 0.0,
        p50_ms=percentile_ms(0.5),
        p90_ms=percentile_ms(0.9),
        p95_ms=percentile_ms(0.95),
        p99_ms=percentile_ms(0.99),
        p999_ms=percentile_ms(0.999),
        max_ms=percentile_ms(1.0),
        sent_late_p99_ms=exact_percentile(late, 0.99) / 1e6 if len(late) else None,
        errors_by_kind={
            OUTCOMES[int(kind)]: int(number)
            for kind, number in zip(outcomes, outcome_counts, strict=True)
            if kind != 0
        },
        statuses={
            str(status) if status else "none": int(number)
            for status, number in zip(statuses, status_counts, strict=True)
        },
    )


def seconds_of(samples: LoadSamples) -> list[LoadSecond]:
    """Cut a run into seconds from its start; one without requests is there too."""
    if len(samples) == 0:
        return []
    due = samples.intended_ns // 1_000_000_000
    ended = np.bincount(samples.done_ns // 1_000_000_000)
    found = []
    for second in range(len(ended)):
        part = samples.chosen(due == second)
        latencies = part.judged_latency_ns
        found.append(
            LoadSecond(
                second=second,
                due=len(part),
                ended=int(ended[second]),
                errors=part.error_count,
                p50_ms=exact_percentile(latencies, 0.5) / 1e6 if len(latencies) else None,
                p99_ms=exact_percentile(latencies, 0.99) / 1e6 if len(latencies) else None,
            )
        )
    return found
