"""What a benchmark leaves behind, so that another one can be held against it years later."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from seawall.errors import InvalidInput, SeawallError
from seawall.lab.machine import MachineRecord, machine_record, source_commit


class Result(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="schema",
    tag="seawall.lab.result/1",
):
    """One benchmark at one size, with every sample."""

    benchmark: Annotated[str, msgspec.Meta(min_length=1)]
    kind: Literal["gate", "informational"]
    workload: dict[str, str | int | float | bool]  # what was done, and to how much
    seed: int | None  # None: nothing was drawn
    unit: Annotated[str, msgspec.Meta(min_length=1)]  # of a sample, such as ns or records/s
    samples: Annotated[tuple[float, ...], msgspec.Meta(min_length=1)]  # raw, in their order
    machine: MachineRecord
    commit: str | None  # of source_commit
    created_at: Annotated[datetime, msgspec.Meta(tz=True)]


def measured_here(
    benchmark: str,
    *,
    kind: Literal["gate", "informational"],
    workload: Mapping[str, str | int | float | bool],
    seed: int | None,
    unit: str,
    samples: Sequence[float],
) -> Result:
    """Make the result of what was just measured: by this machine, build, commit and time.

    Parameters
    ----------
    benchmark, kind, workload, seed, unit, samples
        As of `Result`.
    """
    return Result(
        benchmark=benchmark,
        kind=kind,
        workload=dict(workload),
        seed=seed,
        unit=unit,
        samples=tuple(samples),
        machine=machine_record(),
        commit=source_commit(Path(__file__).parent),
        created_at=datetime.now(UTC),
    )


def encode_result(result: Result) -> bytes:
    """Encode a result as JSON with sorted keys, indented by 2.

    Raises
    ------
    SeawallError
        Of code ``not_a_release_build`` if an unoptimised build was measured.
    InvalidInput
        If a value is not of its declared type, such as a sample that is not finite.
    """
    build_type = result.machine.build.get("build_type")
    if build_type != "Release":
        raise SeawallError(
            f"only a Release build is measured, this is {build_type}",
            code="not_a_release_build",
            where="machine.build.build_type",
        )
    encoded = msgspec.json.encode(result, order="sorted")
    # A Struct does not check what it is made from, and NaN is written as null: reading finds both.
    _decode(encoded)
    return msgspec.json.format(encoded, indent=2) + b"\n"


def write_result(result: Result, *, path: Path) -> None:
    """Write a result as of `encode_result`; a reader finds the whole file or none.

    Raises
    ------
    SeawallError
        As of `encode_result`.
    OSError
        If the file cannot be written.
    """
    encoded = encode_result(result)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(encoded)
    unfinished.replace(path)


def read_result(path: Path) -> Result:
    """Read what `write_result` wrote.

    Raises
    ------
    InvalidInput
        If it is no result of this schema.
    OSError
        If the file cannot be read.
    """
    return _decode(path.read_bytes(), where=path.name)


def _decode(encoded: bytes, where: str = "") -> Result:
    try:
        return msgspec.json.decode(encoded, type=Result)
    except msgspec.MsgspecError as error:
        raise InvalidInput(str(error), where=where) from error
