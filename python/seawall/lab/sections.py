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
        records=script != "health_check.py",
        left_out=("requests",) if script == "bench_api.py" else (),
    )


def _kept(counts: tuple[int, ...], *, repeats: int, store: str = "sqlite") -> tuple[Step, ...]:
    """Rows of evidence, findings and links, as persistence and as linking show them."""
    name = "kept" if store == "sqlite" else store
    return tuple(
        _step(
            f"{name}_{count}",
            f"bench_persistence.py --store {store} --count {count}",
            repeats=repeats,
        )
        for count in counts
    )


_INGEST = "bench_ingestion.py --sizes"
_TO_10_5, _TO_10_6 = "100,1000,10000,100000", "100,1000,10000,100000,1000000"
_MODEL = "bench_stress_modeling.py --sizes"
_ONE_BOOK = "bench_stress_modeling.py --instruments 100000"
_DEFAULTS = "bench_stress_modeling.py --monte-carlo"
_RIVALRY = f"{_DEFAULTS} --rivals naive,numpy,numba,plain"
_API = "bench_api.py --self-host --processes 2"
_LEVELS = f"{_API} --warmup 100 --connections 1,10,50,100,500,1000"
_FEW_LEVELS = f"{_API} --warmup 50 --connections 1,10,100"
_USERS = f"{_API} --fresh --warmup 200 --think-s 0.5,1.5 --users"

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
                _step("ingestion", f"{_INGEST} {_TO_10_6} --versions 6"),
                _step("ingestion_raw", f"{_INGEST} {_TO_10_6} --versions 6 --no-normalize"),
                _step(
                    "json_readers",
                    f"{_INGEST} 100000 --versions 1 --rival polars,msgspec,pyarrow",
                ),
                _step("reading", "bench_reading.py --sizes 100000 --pairs 6"),
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
                _step(
                    "stress",
                    f"{_ONE_BOOK} --distressed-assets 20000 --scenarios 9 --rival numpy",
                ),
                _step("months", f"{_ONE_BOOK} --months"),
                _step("sweep", f"{_ONE_BOOK} --paths --scenarios 112 --rival numpy"),
                _step("sweep_numba", f"{_ONE_BOOK} --paths --scenarios 112 --rival numba"),
                _step("currencies", "bench_currencies.py --records 100000"),
            ),
        },
    ),
    Section(
        "simulation",
        "Simulation of defaults",
        {
            "ci": (),
            "quick": (),
            "full": (
                _step("defaults", _RIVALRY),
                _step("defaults_16", f"{_RIVALRY} --factors 16 --largest 1 --largest-work 1"),
                _step("defaults_avx2", f"{_RIVALRY} --isa avx2 --largest 1 --largest-work 1"),
                _step("sampling", "bench_sampling.py"),
                _step("cluster", f"{_DEFAULTS} --workers 1,2 --scenarios 131072"),
            ),
        },
    ),
    Section(
        "tail_accuracy",
        "Seconds to a tail",
        {
            "ci": (),
            "quick": (),
            "full": (
                _step(
                    "tail_accuracy",
                    f"{_DEFAULTS} --tail-accuracy --rivals numba,numpy --scenarios 16384",
                    timeout_s=2 * 3600.0,
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
                _step("api_replays", f"{_LEVELS} --requests 10000", repeats=3),
                _step("api_fresh", f"{_LEVELS} --requests 5000 --fresh", repeats=3),
                _step("api_replays_1000_records", f"{_LEVELS} --requests 5000 --records 1000"),
                _step("api_tables", f"{_API} --tables --profile quick"),
                _step("servers", "bench_servers.py"),
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
            "full": (
                *_kept((100, 1_000, 10_000), repeats=6),
                *_kept((100, 1_000, 10_000), repeats=3, store="postgres"),
                _step("commits_sqlite", "bench_commits.py --store sqlite"),
                _step("commits_postgres", "bench_commits.py --store postgres"),
            ),
        },
    ),
    Section(
        "linking",
        "Linking and tracing",
        {
            "ci": _kept((100, 1_000), repeats=2) + _kept((10_000,), repeats=1),
            "quick": _kept((100, 1_000, 10_000), repeats=5) + _kept((100_000,), repeats=2),
            "full": (
                *_kept((100, 1_000, 10_000), repeats=6),
                *_kept((100_000,), repeats=3),
                *_kept((1_000_000,), repeats=1),
                *_kept((100_000,), repeats=3, store="postgres"),
                *_kept((1_000_000,), repeats=1, store="postgres"),
            ),
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
                _step("users_100", f"{_USERS} 100 --duration-s 30"),
                _step("users_500", f"{_USERS} 500 --duration-s 30"),
                _step("users_1000", f"{_USERS} 1000 --duration-s 30", repeats=3),
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
