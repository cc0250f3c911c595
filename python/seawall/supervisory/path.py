"""A supervisory path: what a supervisor says the economy does, quarter by quarter."""

import math
import re
from hashlib import sha256
from typing import Annotated

import msgspec

from seawall.errors import InvalidInput, NotFound
from seawall.provenance import DigestHex, canonical_json
from seawall.supervisory.variables import GROWTH, VARIABLES, Variable

MAX_QUARTERS = 60
"""Quarters that a path may have."""

_QUARTER = re.compile(r"([0-9]{4})Q([1-4])")


class PathSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a path is from, for whoever wants to check it."""

    publisher: Annotated[str, msgspec.Meta(description="Who published the figures.")]
    document: Annotated[str, msgspec.Meta(description="In which publication.")]
    year: Annotated[int, msgspec.Meta(description="Of the publication.")]
    obtained: Annotated[str, msgspec.Meta(description="How the figures came here.")]
    files: Annotated[
        dict[str, DigestHex],
        msgspec.Meta(description="By name: the SHA-256 of each file that was read, hexadecimal."),
    ] = {}


class JumpOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last quarter that is history: what changes are measured against."""

    quarter: Annotated[str, msgspec.Meta(description="Such as 2025Q1.")]
    values: Annotated[
        dict[str, float | None],
        msgspec.Meta(description="Of the path's variables; null: none is published."),
    ]


class SupervisoryPath(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Macroeconomic and market variables over consecutive quarters.

    Growth is in percent a year, compounded quarterly; levels are those of the quarter. A quarter
    is written ``2025Q1``. Make one with `parse_path`, or check it with `check_path`.
    """

    path_id: Annotated[
        Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,63}$")],
        msgspec.Meta(description="Its name."),
    ]
    title: Annotated[str, msgspec.Meta(description="For readers.")]
    source: Annotated[PathSource, msgspec.Meta(description="Where it is from.")]
    jump_off: Annotated[JumpOff, msgspec.Meta(description="The last quarter that is history.")]
    quarters: Annotated[
        list[str], msgspec.Meta(description="Such as 2025Q2, each the one after the one before.")
    ]
    variables: Annotated[
        dict[str, list[float | None]],
        msgspec.Meta(description="By name: a value a quarter; null: none is published."),
    ]

    def canonical(self) -> bytes:
        """The path's canonical JSON: what is hashed and stored."""
        return canonical_json(self)

    def sha256(self) -> bytes:
        """SHA-256 of `canonical`."""
        return sha256(self.canonical()).digest()

    def value(self, variable: str, quarter: str) -> float:
        """Return a variable's value in a quarter, which may be the jump-off.

        Raises
        ------
        NotFound
            When the path has no such variable or quarter.
        InvalidInput
            When no value is published for that quarter.
        """
        series = self._series(variable)
        if quarter == self.jump_off.quarter:
            found = self.jump_off.values[variable]
        else:
            found = series[self._index(quarter)]
        if found is None:
            raise InvalidInput(f"no value is published for {quarter}", where=variable)
        return found

    def change(self, variable: str, quarter: str) -> float:
        """Return how far a variable is above its jump-off, in its own unit (points of a rate)."""
        return self.value(variable, quarter) - self.value(variable, self.jump_off.quarter)

    def relative_change(self, variable: str, quarter: str) -> float:
        """Return level / jump-off − 1 of an index or an exchange rate, a fraction.

        Raises
        ------
        InvalidInput
            For a rate or a growth, whose ratio means nothing.
        """
        self._series(variable)
        if not VARIABLES[variable].is_level:
            raise InvalidInput("is no level", where=variable)
        return self.value(variable, quarter) / self.value(variable, self.jump_off.quarter) - 1

    def cumulative_growth(self, variable: str, quarter: str) -> float:
        """Compound annualised growth since the jump-off: Π (1 + g/100)^(1/4) − 1, a fraction.

        Raises
        ------
        InvalidInput
            For what is no growth.
        """
        self._series(variable)
        if VARIABLES[variable].unit != GROWTH:
            raise InvalidInput("is no annualised growth", where=variable)
        if quarter == self.jump_off.quarter:
            return 0.0
        factor = 1.0
        for passed in self.quarters[: self._index(quarter) + 1]:
            factor *= (1 + self.value(variable, passed) / 100) ** 0.25
        return factor - 1

    def _series(self, variable: str) -> list[float | None]:
        if variable not in self.variables:
            raise NotFound(f"the path {self.path_id} has no such variable", where=variable)
        return self.variables[variable]

    def _index(self, quarter: str) -> int:
        if quarter not in self.quarters:
            raise NotFound(
                f"the path {self.path_id} has the quarters {self.quarters[0]} to "
                f"{self.quarters[-1]}",
                where=quarter,
            )
        return self.quarters.index(quarter)


def quarter_number(quarter: str, *, where: str) -> int:
    """Return a quarter as a count, so that consecutive quarters differ by 1.

    Raises
    ------
    InvalidInput
        When it is not written as ``2025Q1``.
    """
    match = _QUARTER.fullmatch(quarter)
    if not match:
        raise InvalidInput(f'"{quarter}" is no quarter such as 2025Q1', where=where)
    return int(match[1]) * 4 + int(match[2]) - 1


def check_path(path: SupervisoryPath) -> None:
    """Check that a path can be computed with.

    Raises
    ------
    InvalidInput
        With the place, such as ``variables.house_price_index[3]``, for quarters that are not
        consecutive or do not follow the jump-off, unknown variables, another number of values
        than of quarters, or values that are not finite or that no such variable can have.
    """
    if not 1 <= len(path.quarters) <= MAX_QUARTERS:
        raise InvalidInput(f"a path has 1 to {MAX_QUARTERS} quarters", where="quarters")
    before = quarter_number(path.jump_off.quarter, where="jump_off.quarter")
    for index, quarter in enumerate(path.quarters):
        where = f"quarters[{index}]"
        if quarter_number(quarter, where=where) != before + 1 + index:
            raise InvalidInput(f"{quarter} is not the quarter after the one before", where=where)
    if not path.variables:
        raise InvalidInput("a path needs a variable", where="variables")
    for name, values in path.variables.items():
        _check_values(path, name, values)
    for name in path.jump_off.values:
        if name not in path.variables:
            raise InvalidInput("the path has no such variable", where=f"jump_off.values.{name}")


def _check_values(path: SupervisoryPath, name: str, values: list[float | None]) -> None:
    where = f"variables.{name}"
    if name not in VARIABLES:
        raise InvalidInput("there is no such variable", where=where)
    if len(values) != len(path.quarters):
        raise InvalidInput(f"{len(values)} values for {len(path.quarters)} quarters", where=where)
    if name not in path.jump_off.values:
        raise InvalidInput("the jump-off lacks it (null where none is published)", where=where)
    for index, value in enumerate(values):
        _check_value(VARIABLES[name], value, f"{where}[{index}]")
    _check_value(VARIABLES[name], path.jump_off.values[name], f"jump_off.values.{name}")


def _check_value(variable: Variable, value: float | None, where: str) -> None:
    if value is None:
        return
    if not math.isfinite(value):
        raise InvalidInput("must be a finite number", where=where)
    if variable.is_level and value <= 0:
        raise InvalidInput("a level is above 0", where=where)
    if variable.unit == GROWTH and value <= -100:
        raise InvalidInput("a growth is above −100 percent", where=where)


def parse_path(text: bytes, *, where: str) -> SupervisoryPath:
    """Read and check a path.

    Parameters
    ----------
    text : bytes
        JSON.
    where : str
        Its file's name, for messages.

    Raises
    ------
    InvalidInput
        With the place, such as ``mine.json: variables.prime_rate[2]``.
    """
    try:
        path = msgspec.json.decode(text, type=SupervisoryPath)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(str(error), where=where) from error
    try:
        check_path(path)
    except InvalidInput as error:
        raise InvalidInput(error.message, where=f"{where}: {error.where}") from error
    return path
