"""Service levels as data, and whether figures meet them."""

import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from seawall.errors import InvalidInput, InvalidProfile, NotFound

Level = Literal["critical", "warning"]
Figures = Mapping[str, Mapping[str, float]]
"""By subject (empty: the whole source), then by figure; latencies in milliseconds."""

_THRESHOLD = re.compile(
    r"\s*(?P<figure>[a-z][a-z0-9_]*)\s*(?P<sign>[<>])\s*"
    r"(?P<limit>[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?)\s*(?P<unit>ms|s|%|)\s*"
)
_LATENCY = re.compile(r"p[0-9]+|max|mean|min")


class Threshold(msgspec.Struct, frozen=True):
    """A figure strictly below or strictly above a limit."""

    figure: str
    sign: Literal["<", ">"]
    limit: float

    def is_met(self, measured: float) -> bool:
        """Whether a figure is on the right side; one that equals the limit is not."""
        return measured < self.limit if self.sign == "<" else measured > self.limit

    def __str__(self) -> str:
        return f"{self.figure}{self.sign}{self.limit:g}"


class SloObjective(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked of one subject."""

    subject: str = ""
    critical: tuple[str, ...] = ()
    warning: tuple[str, ...] = ()


class Slo(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="schema",
    tag="seawall.slo/1",
):
    """A file of service levels."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    objectives: Annotated[tuple[SloObjective, ...], msgspec.Meta(min_length=1)]
    description: str = ""

    def thresholds(self) -> list[tuple[str, Level, Threshold]]:
        """Return subject, level and threshold of each, in their order."""
        found: list[tuple[str, Level, Threshold]] = []
        for one in self.objectives:
            found += [(one.subject, "critical", parse_threshold(text)) for text in one.critical]
            found += [(one.subject, "warning", parse_threshold(text)) for text in one.warning]
        return found


class SloVerdict(msgspec.Struct, frozen=True):
    """One threshold and the figure that it was held against."""

    subject: str
    level: Level
    threshold: Threshold
    measured: float
    met: bool


def parse_threshold(text: str) -> Threshold:
    """Read a threshold such as ``p99<200``, ``p99<0.2s``, ``error_rate<0.1%`` or ``rps>500``.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    found = _THRESHOLD.fullmatch(text)
    if not found:
        raise InvalidInput("must be figure<number or figure>number", where=text)
    figure, unit, limit = found["figure"], found["unit"], float(found["limit"])
    if unit in ("ms", "s") and not _LATENCY.fullmatch(figure):
        raise InvalidInput(f"{figure} is no time", where=text)
    if unit == "%" and not figure.endswith("_rate"):
        raise InvalidInput(f"{figure} is no share", where=text)
    factor = {"s": 1000.0, "%": 0.01}.get(unit, 1.0)
    if not math.isfinite(limit):
        raise InvalidInput("the limit is not finite", where=text)
    return Threshold(figure, "<" if found["sign"] == "<" else ">", limit * factor)


def read_slo(path: Path) -> Slo:
    """Read a file of service levels, TOML or JSON by its suffix.

    Raises
    ------
    InvalidProfile
        If it is none, with the file as its place.
    OSError
        If the file cannot be read.
    """
    data = path.read_bytes()
    try:
        if path.suffix == ".toml":
            slo = msgspec.convert(tomllib.loads(data.decode()), Slo)
        elif path.suffix == ".json":
            slo = msgspec.json.decode(data, type=Slo)
        else:
            raise InvalidProfile("the name must end in .toml or .json", where=path.name)
        if not slo.thresholds():
            raise InvalidProfile("asks for nothing", where=path.name)
    except InvalidInput as error:
        raise InvalidProfile(str(error), where=path.name) from error
    except (ValueError, msgspec.MsgspecError) as error:
        raise InvalidProfile(str(error), where=path.name) from error
    return slo


def judge_figures(
    thresholds: list[tuple[str, Level, Threshold]], figures: Figures
) -> list[SloVerdict]:
    """Hold figures against thresholds.

    Raises
    ------
    NotFound
        If a subject or a figure was not measured: that is no pass.
    """
    verdicts = []
    for subject, level, threshold in thresholds:
        if subject not in figures:
            there = ", ".join(repr(name) for name in figures) or "nothing"
            raise NotFound(f"was not measured; there is {there}", where=repr(subject))
        if threshold.figure not in figures[subject]:
            there = ", ".join(figures[subject])
            raise NotFound(
                f"was not measured; there is {there}", where=f"{subject} {threshold.figure}".strip()
            )
        measured = figures[subject][threshold.figure]
        if not math.isfinite(measured):
            raise InvalidInput("is not finite", where=f"{subject} {threshold.figure}".strip())
        met = threshold.is_met(measured)
        verdicts.append(SloVerdict(subject, level, threshold, measured, met))
    return verdicts
