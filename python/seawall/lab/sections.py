"""What the laboratory runs, as data: sections of steps, each step a benchmark command.

`benchmarks/` is what is measured; nothing of it is repeated here. A step runs in a process of its
own, so that its time and its memory are its own.
"""

from pathlib import Path
from typing import Literal

import msgspec

from seawall.errors import InvalidInput, NotFound

ProfileName = Literal["ci", "quick", "full"]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One benchmark command; two sections may share one, which then runs once."""

    name: str
    script: str  # of benchmarks/, or a module of this package
    arguments: tuple[str, ...]
    repeats: int = 1  # each in a process of its own
    timeout_s: float = 1800.0
    records: bool = True  # whether it keeps raw samples
    left_out: tuple[str, ...] = ()  # of its answer: what the raw samples hold too

    @property
    def is_module(self) -> bool:
        """Whether it is of the package, and not of benchmarks/."""
        return self.script.startswith("seawall.")


class Section(msgspec.Struct, frozen=True):
    """One part of the report and what fills it."""

    name: str
    title: str
    steps: dict[ProfileName, tuple[Step, ...]]


def _step(name: str, command: str, *, repeats: int = 1, timeout_s: float = 1800.0) -> Step:
    script, *arguments = command.split()
    return Step(
        name=name,
        script=script,
        arguments=tuple(arguments),
        repeats=repeats,
        timeout_s=timeout_s,
        records=script not in ("health_check.py",) and "--monte-carlo" not in arguments,
        left_out=("requests",) if script == "bench_api.py" else (),
    )


def _kept(counts: tuple[int, ...], *, repeats: int) -> tuple[Step, ...]:
    """Rows of evidence, findings and links, as persistence and as linking show them."""
    return tuple(
        _step(f"kept_{count}", f"bench_persistence.py --count {count}", repeats=repeats)
        for count in counts
    )


_INGEST = "bench_ingestion.py --sizes"
_TO_10_5, _TO_10_6 = "100,1000,10000,100000", "100,1000,10000,100000,1000000"
_MODEL = "bench_stress_modeling.py --sizes"
_LEVELS = "bench_api.py --self-host --warmup 100 --connections 1,10,50,100,500,1000"
_FEW_LEVELS = "bench_api.py --self-host --warmup 50 --connections 1,10,100"
_USERS = "bench_api.py --self-host --fresh --warmup 200 --think-s 0.5,1.5 --users"

SECTIONS = (
    Section(
        "ingestion",
        "Ingestion",
        {
            "ci": (
                _step("ingestion", f"{_INGEST} 100,1000,10000 --versions 3"),
                _step("ingestion_raw", f"{_INGEST} 100,1000,10000 --versions 3 --no-normalize"),
            ),
            "quick": (
                _step("ingestion", f"{_INGEST} {_TO_10_5} --versions 6"),
                _step("ingestion_raw", f"{_INGEST} {_TO_10_5} --versions 6 --no-normalize"),
            ),
            "full": (
                _step("ingestion", f"{_INGEST} {_TO_10_6} --versions 9"),
                _step("ingestion_raw", f"{_INGEST} {_TO_10_6} --versions 9 --no-normalize"),
            ),
        },
    ),
    Section(
        "modeling",
        "Modelling",
        {
            "ci": (
                _step("modeling", f"{_MODEL} 100,1000,10000 --iterations 10"),
                _step("simulation", f"{_MODEL} 100,1000 --monte-carlo --scenarios 4096"),
            ),
            "quick": (
                _step("modeling", f"{_MODEL} {_TO_10_5} --iterations 20"),
                _step("simulation", f"{_MODEL} 100,1000,10000 --monte-carlo --scenarios 16384"),
            ),
            "full": (
                _step("modeling", f"{_MODEL} {_TO_10_6} --iterations 30"),
                _step(
                    "simulation",
                    f"{_MODEL} {_TO_10_6} --monte-carlo --scenarios 16384",
                ),
            ),
        },
    ),
    Section(
        "api",
        "The service under concurrency",
        {
            "ci": (
                _step("api_replays", f"{_FEW_LEVELS} --requests 300"),
                _step("api_fresh", f"{_FEW_LEVELS} --requests 300 --fresh"),
                _step("health", "health_check.py --self-host"),
            ),
            "quick": (
                _step("api_replays", f"{_LEVELS} --requests 1000", repeats=3),
                _step("api_fresh", f"{_LEVELS} --requests 1000 --fresh", repeats=3),
                _step("health", "health_check.py --self-host"),
            ),
            "full": (
                _step("api_replays", f"{_LEVELS} --requests 20000", repeats=5),
                _step("api_fresh", f"{_LEVELS} --requests 10000 --fresh", repeats=5),
                _step(
                    "api_replays_1000_records",
                    f"{_LEVELS} --requests 10000 --records 1000",
                    repeats=3,
                ),
                _step("health", "health_check.py --self-host"),
            ),
        },
    ),
    Section(
        "persistence",
        "Keeping rows",
        {
            "ci": _kept((100, 1_000), repeats=2),
            "quick": _kept((100, 1_000, 10_000), repeats=5),
            "full": _kept((100, 1_000, 10_000), repeats=9),
        },
    ),
    Section(
        "linking",
        "Linking and tracing",
        {
            "ci": _kept((100, 1_000), repeats=2) + _kept((10_000,), repeats=1),
            "quick": _kept((100, 1_000, 10_000), repeats=5) + _kept((100_000,), repeats=2),
            "full": _kept((100, 1_000, 10_000), repeats=9)
            + _kept((100_000,), repeats=5)
            + _kept((1_000_000,), repeats=2),
        },
    ),
    Section(
        "load",
        "A thousand users",
        {
            "ci": (_step("users_100", f"{_USERS} 100 --duration-s 5"),),
            "quick": (
                _step("users_100", f"{_USERS} 100 --duration-s 10"),
                _step("users_1000", f"{_USERS} 1000 --duration-s 15"),
            ),
            "full": (
                _step("users_100", f"{_USERS} 100 --duration-s 60"),
                _step("users_500", f"{_USERS} 500 --duration-s 60"),
                _step("users_1000", f"{_USERS} 1000 --duration-s 60", repeats=3),
            ),
        },
    ),
    Section(
        "faults",
        "Faults",
        {
            profile: (
                Step(
                    "faults",
                    "seawall.lab.fault_table",
                    ("full" if profile == "full" else "quick",),
                    timeout_s=6 * 3600.0,
                    records=False,
                ),
            )
            for profile in ("ci", "quick", "full")
        },
    ),
)


def sections_named(names: str) -> tuple[Section, ...]:
    """Choose sections, in the report's order.

    Parameters
    ----------
    names : str
        By commas; empty for all.

    Raises
    ------
    InvalidInput
        For a name that none has.
    """
    wanted = {name.strip() for name in names.split(",") if name.strip()}
    sections = SECTIONS
    known = {section.name for section in sections}
    if unknown := sorted(wanted - known):
        there = ", ".join(section.name for section in sections)
        raise InvalidInput(f"there is no section {unknown[0]}; there are {there}", where="only")
    return tuple(section for section in sections if not wanted or section.name in wanted)


def steps_of(sections: tuple[Section, ...], profile: ProfileName) -> tuple[Step, ...]:
    """Return the steps of sections, each once, in their order."""
    return tuple(dict.fromkeys(step for section in sections for step in section.steps[profile]))


def find_benchmarks(given: Path | None, steps: tuple[Step, ...]) -> Path:
    """Find the folder of the benchmark commands that steps need.

    They are in the source and not in the package. Where none is given, it is looked for in the
    working folder, then beside the package of an editable installation.

    Raises
    ------
    NotFound
        Of code ``benchmarks_missing``.
    """
    scripts = {step.script for step in steps if not step.is_module}
    places = [given] if given else [Path("benchmarks"), Path(__file__).parents[3] / "benchmarks"]
    for place in places:
        if all((place / script).is_file() for script in scripts):
            return place.resolve()
    raise NotFound(
        "the benchmark commands are not here; they are in the source, not in the package:"
        " run it in a clone, or name their folder with --benchmarks",
        where=str(places[0]),
        code="benchmarks_missing",
    )
