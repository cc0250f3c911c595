"""A load on a server as data: who asks how often, for what, and what must come back."""

import math
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from seawall.errors import InvalidInput, InvalidProfile

SEQUENCE_MARK = "{{sequence}}"
"""In a path or a body, stands for the request's number: each request is another one."""

DATASET_MARK = "{{dataset_version_id}}"
"""In a path or a body, stands for a dataset version of the server, once it is known which."""

Positive = Annotated[float, msgspec.Meta(gt=0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Text = Annotated[str, msgspec.Meta(min_length=1)]

Figure = Literal[
    "p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms", "error_rate", "throughput_rps"
]


class LoadStage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of time with a number of users, or of arrivals a second."""

    duration_s: Annotated[float, msgspec.Meta(gt=0, le=86_400)]
    users: NotNegative | None = None  # closed loop: each asks, waits for the answer, thinks
    rate: NotNegative | None = None  # open loop: arrivals a second, whether answers come or not
    ramp: bool = False  # from the level of the stage before (0 before the first) in a straight line

    @property
    def level(self) -> float:
        """The users, or the arrivals a second, at its end."""
        return (self.users if self.users is not None else self.rate) or 0.0


class ThinkTime(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A user's pause after each answer, evenly distributed."""

    low_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    high_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0


class AnswerCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a right answer is."""

    statuses: tuple[Annotated[int, msgspec.Meta(ge=100, le=599)], ...] = ()  # empty: 200 to 399
    contains: str = ""  # a text of the body


class LoadRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the requests that a load is mixed of."""

    path: Annotated[str, msgspec.Meta(pattern="^/")]  # with the query
    method: Text = "GET"
    name: str = ""  # of its row in the answer; by default method and path
    headers: dict[str, str] = {}
    body: str = ""
    weight: Positive = 1.0
    check: AnswerCheck = AnswerCheck()

    @property
    def label(self) -> str:
        """The name, or what stands for it."""
        return self.name or f"{self.method} {self.path}"


class Objective(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a figure must be, strictly: one of `below` and `above`."""

    figure: Figure
    below: float | None = None
    above: float | None = None
    request: str = ""  # the label of one request; empty: all of them
    level: Literal["warning", "critical"] = "critical"


class LoadProfile(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    tag_field="schema",
    tag="seawall.load_profile/1",
):
    """Stages of users or of arrivals, weighted requests, think time, checks and objectives."""

    name: Text
    stages: Annotated[tuple[LoadStage, ...], msgspec.Meta(min_length=1, max_length=1000)]
    requests: Annotated[tuple[LoadRequest, ...], msgspec.Meta(min_length=1, max_length=1000)]
    description: str = ""
    think: ThinkTime = ThinkTime()
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 10.0  # from the intended start
    max_requests: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] = 10_000_000
    warmup_requests: Annotated[int, msgspec.Meta(ge=0)] = 0  # the first ones: sent, not counted
    connections: Annotated[int, msgspec.Meta(ge=1, le=16_384)] = 1_000  # most of an open loop
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 1  # of the mix and the pauses
    objectives: tuple[Objective, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no field alone can tell.

        Raises
        ------
        ValueError
            Which msgspec turns into its own error, with the place, while decoding.
        """
        kinds = {(stage.users is None, stage.rate is None) for stage in self.stages}
        if kinds not in ({(False, True)}, {(True, False)}):
            raise ValueError("every stage needs users, or every stage needs a rate")
        if self.is_open and self.think != ThinkTime():
            raise ValueError("arrivals of an open loop do not think")
        if self.think.low_s > self.think.high_s:
            raise ValueError("think.low_s is above think.high_s")
        if self.warmup_requests >= self.max_requests:
            raise ValueError("warmup_requests must be below max_requests")
        labels = [request.label for request in self.requests]
        if len(set(labels)) < len(labels):
            raise ValueError("two requests have one name")
        for objective in self.objectives:
            if (objective.below is None) == (objective.above is None):
                raise ValueError(f"the objective for {objective.figure} needs below or above")
            if objective.request and objective.request not in labels:
                raise ValueError(f"no request is named {objective.request!r}")

    @property
    def is_open(self) -> bool:
        """Whether the clock, and not the answers, decides when a request starts."""
        return self.stages[0].rate is not None

    @property
    def duration_s(self) -> float:
        """The stages' durations together; answers may come until a timeout later."""
        return sum(stage.duration_s for stage in self.stages)

    @property
    def most_connections(self) -> int:
        """How many there may be at once."""
        most_users = max(stage.level for stage in self.stages)
        return self.connections if self.is_open else math.ceil(most_users)

    @property
    def asks_for_dataset(self) -> bool:
        """Whether a request names a dataset that is not filled in yet."""
        return any(DATASET_MARK in one.path + one.body for one in self.requests)

    def check_filled(self) -> None:
        """Refuse a profile that asks for a dataset: `seawall.lab.load_subject.aimed` names it.

        Raises
        ------
        InvalidInput
            If it still has the mark.
        """
        if self.asks_for_dataset:
            raise InvalidInput(f"{DATASET_MARK} is not filled in", where="requests")

    def stretches(self) -> list[tuple[float, float, float]]:
        """Return each stage's duration and the level at its beginning and end."""
        found = []
        before = 0.0
        for stage in self.stages:
            found.append((stage.duration_s, before if stage.ramp else stage.level, stage.level))
            before = stage.level
        return found


def read_load_profile(path: Path) -> LoadProfile:
    """Read a profile from a TOML or JSON file, by its suffix.

    Raises
    ------
    InvalidProfile
        If it is no profile, with the file as its place.
    OSError
        If the file cannot be read.
    """
    data = path.read_bytes()
    try:
        if path.suffix == ".toml":
            return msgspec.convert(tomllib.loads(data.decode()), LoadProfile)
        if path.suffix == ".json":
            return msgspec.json.decode(data, type=LoadProfile)
    except (ValueError, msgspec.MsgspecError) as error:
        raise InvalidProfile(str(error), where=path.name) from error
    raise InvalidProfile("the name must end in .toml or .json", where=path.name)


def write_load_profile(profile: LoadProfile, *, path: Path) -> None:
    """Write a profile as JSON with sorted keys, indented by 2; the name must end in ``.json``."""
    if path.suffix != ".json":
        raise InvalidProfile("the name must end in .json", where=path.name)
    encoded = msgspec.json.format(msgspec.json.encode(profile, order="sorted"), indent=2)
    path.write_bytes(encoded + b"\n")
