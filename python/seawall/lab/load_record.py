"""A load that was run, judged and kept: a JSON file, and every request beside it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from seawall import native
from seawall.lab.load import LoadResult, run_load
from seawall.lab.load_profile import LoadProfile
from seawall.lab.load_samples import (
    LoadFigures,
    LoadSamples,
    RefusalFigures,
    figures_of,
    refusals_of,
    write_samples,
)
from seawall.lab.load_subject import LoadSubject, aimed, fresh_sequence
from seawall.lab.machine import MachineRecord, machine_record
from seawall.lab.objectives import Verdict, judge
from seawall.lab.process_sampling import ProcessSampling, ProcessUse

_LOOK_S = 0.25  # between two looks at a server of our own


class ServerCost(msgspec.Struct, frozen=True):
    """What a server of our own took from the machine."""

    cpu_pct: float  # of one core
    first_rss_bytes: int
    last_rss_bytes: int
    peak_rss_bytes: int
    first_descriptors: int
    last_descriptors: int
    written_bytes: int


class LoadRecord(msgspec.Struct, frozen=True, tag_field="schema", tag="seawall.lab.load/1"):
    """A load as it is kept, without key."""

    profile: LoadProfile
    started_at: datetime
    base_url: str
    dataset_version_id: str
    first_sequence: int
    threads: int  # of the client
    elapsed_s: float
    client_cpu_us_per_request: float
    figures: dict[str, LoadFigures]  # "" of all requests, then by label
    stages: list[LoadFigures]  # of the requests that were due in each
    refused_503: RefusalFigures
    verdicts: list[Verdict]
    server: ServerCost | None
    machine: MachineRecord  # of the client
    ok: bool  # every critical objective is met


class LoadRun(msgspec.Struct, frozen=True, eq=False):
    """A record with the requests that it sums up."""

    record: LoadRecord
    samples: LoadSamples


def run_profile(
    profile: LoadProfile,
    subject: LoadSubject,
    *,
    threads: int = 1,
    allow_remote: bool = False,
    control: native.RunControl | None = None,
) -> LoadRun:
    """Run a profile against a subject and judge it by its objectives.

    Parameters
    ----------
    profile : LoadProfile
        Not aimed yet.
    subject : LoadSubject
        Who is asked. One of our own is looked at meanwhile.
    threads, allow_remote, control
        As of `seawall.lab.load.run_load`.

    Raises
    ------
    InvalidInput, LimitExceeded, Cancelled
        As `seawall.lab.load.run_load` and `seawall.lab.load_subject.aimed`.
    """
    pids = [subject.target.pid] if subject.target else []
    first_sequence, started_at = fresh_sequence(), datetime.now(UTC)
    with ProcessSampling(pids, interval_s=_LOOK_S) as sampling:
        result = run_load(
            aimed(profile, subject),
            base_url=subject.base_url,
            allow_remote=allow_remote,
            first_sequence=first_sequence,
            threads=threads,
            control=control,
        )
    verdicts = judge(result)
    record = LoadRecord(
        profile=profile,
        started_at=started_at,
        base_url=subject.base_url,
        dataset_version_id=subject.dataset_version_id,
        first_sequence=first_sequence,
        threads=threads,
        elapsed_s=result.elapsed_ns / 1e9,
        client_cpu_us_per_request=result.client_cpu_us_per_request,
        figures={"": figures_of(result.counted)} | result.figures_by_request(),
        stages=_by_stage(result),
        refused_503=refusals_of(result.counted),
        verdicts=verdicts,
        server=_cost(sampling.use(pids[0])) if pids else None,
        machine=machine_record(),
        ok=all(one.met for one in verdicts if one.objective.level == "critical"),
    )
    return LoadRun(record, result.samples)


def keep_load(run: LoadRun, *, folder: Path) -> tuple[Path, Path]:
    """Write a record as JSON and its samples as ``.npz``, named after time and profile.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^a-z0-9]+", "-", run.record.profile.name.lower()).strip("-") or "load"
    stem = f"{run.record.started_at:%Y%m%dT%H%M%S%f}Z-{name[:60]}"
    record, samples = folder / f"{stem}.json", folder / f"{stem}.npz"
    write_samples(run.samples, path=samples)
    encoded = msgspec.json.format(msgspec.json.encode(run.record), indent=2)
    record.write_bytes(encoded + b"\n")
    return record, samples


def _by_stage(result: LoadResult) -> list[LoadFigures]:
    counted, stages = result.counted, result.profile.stages
    ends_ns = 1e9 * np.cumsum([stage.duration_s for stage in stages])
    place = np.searchsorted(ends_ns[:-1], counted.intended_ns, side="right")
    return [figures_of(counted.chosen(place == number)) for number in range(len(stages))]


def _cost(use: ProcessUse) -> ServerCost:
    first, last = use.samples[0], use.samples[-1]
    return ServerCost(
        cpu_pct=use.cpu_pct,
        first_rss_bytes=first.rss_bytes,
        last_rss_bytes=last.rss_bytes,
        peak_rss_bytes=use.peak_rss_bytes,
        first_descriptors=first.descriptors,
        last_descriptors=last.descriptors,
        written_bytes=use.written_bytes,
    )
