"""The Federal Reserve's stress test scenarios, read from the CSV files as published."""

import csv
import io
import re
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from seawall.errors import InvalidInput, LimitExceeded, NotFound, SourceUnreadable
from seawall.supervisory.path import (
    JumpOff,
    PathSource,
    SupervisoryPath,
    check_path,
    quarter_number,
)
from seawall.supervisory.variables import VARIABLES, Area

PUBLISHER = "Board of Governors of the Federal Reserve System"
SCENARIO_QUARTER_COUNT = 13
HISTORY = "Actual"  # what the column "Scenario Name" says in the tables of history
MAX_FILE_BYTES = 1 << 20

_DATE = re.compile(r"([0-9]{4}) (Q[1-4])")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_HEAD = ("Scenario Name", "Date")


class _Table(NamedTuple):
    name: str  # of the file
    sha256: str
    scenario: str
    quarters: list[str]
    columns: dict[str, list[float | None]]  # by our names


def read_fed_scenario(
    domestic: str | Path,
    international: str | Path | None = None,
    *,
    history_domestic: str | Path,
    history_international: str | Path | None = None,
    path_id: str,
    title: str,
    document: str,
    year: int,
    obtained: str,
) -> SupervisoryPath:
    """Read one scenario of a Federal Reserve stress test.

    Parameters
    ----------
    domestic, international : path
        Tables 2A and 2B (baseline) or 3A and 3B (severely adverse).
    history_domestic, history_international : path
        Tables 1A and 1B. Their last row is the jump-off, the quarter before the scenario's first.
    path_id, title, document, year, obtained : str or int
        As of `SupervisoryPath` and `PathSource`.

    Returns
    -------
    SupervisoryPath
        All published variables; its source names every file with its SHA-256.

    Raises
    ------
    NotFound
        When there is no such file.
    SourceUnreadable
        With the file, row (the header is 1) and column of what is not as published: an unknown,
        missing or repeated column, another date than ``2025 Q1``, quarters that are not
        consecutive, a cell that is no number, an empty cell in a scenario, or two scenarios in one
        file.
    InvalidInput
        When the files do not belong together.
    """
    if (international is None) != (history_international is None):
        raise InvalidInput(
            "an international scenario and its history come together",
            where="history_international",
        )
    scenario, history = [_read(domestic, "domestic")], [_read(history_domestic, "domestic")]
    if international is not None and history_international is not None:
        scenario.append(_read(international, "international"))
        history.append(_read(history_international, "international"))
    for table in scenario:
        _check_scenario(table, scenario[0])
    for table in history:
        _check_history(table, scenario[0])
    path = SupervisoryPath(
        path_id=path_id,
        title=title,
        source=PathSource(
            publisher=PUBLISHER,
            document=document,
            year=year,
            obtained=obtained,
            files={table.name: table.sha256 for table in (*scenario, *history)},
        ),
        jump_off=JumpOff(
            quarter=history[0].quarters[-1],
            values={n: values[-1] for table in history for n, values in table.columns.items()},
        ),
        quarters=scenario[0].quarters,
        variables={n: values for table in scenario for n, values in table.columns.items()},
    )
    check_path(path)
    return path


def _check_scenario(table: _Table, first: _Table) -> None:
    if table.scenario == HISTORY:
        raise InvalidInput(f'is history ("{HISTORY}"), not a scenario', where=table.name)
    if table.scenario != first.scenario:
        raise InvalidInput(
            f'is of "{table.scenario}", but {first.name} of "{first.scenario}"', where=table.name
        )
    if len(table.quarters) != SCENARIO_QUARTER_COUNT:
        raise SourceUnreadable(
            f"{len(table.quarters)} quarters; a scenario has {SCENARIO_QUARTER_COUNT}",
            where=table.name,
        )
    if table.quarters != first.quarters:
        raise InvalidInput(f"has other quarters than {first.name}", where=table.name)
    for name, values in table.columns.items():
        if None in values:
            raise SourceUnreadable(
                "is empty; only history may have no value",
                where=_place(table.name, values.index(None) + 2, VARIABLES[name].column),
            )


def _check_history(table: _Table, scenario: _Table) -> None:
    if table.scenario != HISTORY:
        raise InvalidInput(f'is of "{table.scenario}", not history', where=table.name)
    last, first = table.quarters[-1], scenario.quarters[0]
    if quarter_number(last, where=table.name) + 1 != quarter_number(first, where=scenario.name):
        raise InvalidInput(
            f"ends in {last}, which is not the quarter before {first}, the first of "
            f"{scenario.name}",
            where=table.name,
        )


def _read(path: str | Path, area: Area) -> _Table:
    data = _file_bytes(Path(path))
    name = Path(path).name
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceUnreadable(str(error), where=name) from error
    if len(rows) < 2:
        raise SourceUnreadable("has no row", where=name)
    names = _variable_names(rows[0], area, name)
    quarters: list[str] = []
    columns: dict[str, list[float | None]] = {variable: [] for variable in names}
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(rows[0]):
            raise SourceUnreadable(
                f"{len(row)} cells under {len(rows[0])} columns", where=_place(name, number)
            )
        if row[0] != rows[1][0]:
            raise SourceUnreadable(
                f'"{row[0]}" in a file of "{rows[1][0]}"', where=_place(name, number, _HEAD[0])
            )
        quarters.append(_quarter(row[1], quarters, _place(name, number, _HEAD[1])))
        for variable, cell in zip(names, row[2:], strict=True):
            place = _place(name, number, VARIABLES[variable].column)
            columns[variable].append(_number(cell, place))
    return _Table(name, sha256(data).hexdigest(), rows[1][0], quarters, columns)


def _file_bytes(path: Path) -> bytes:
    if not path.is_file():
        raise NotFound("there is no such file", where=str(path))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise SourceUnreadable(error.strerror or str(error), where=str(path)) from error
    if len(data) > MAX_FILE_BYTES:
        raise LimitExceeded(f"a scenario file has at most {MAX_FILE_BYTES} bytes", where=path.name)
    return data


def _variable_names(header: list[str], area: Area, file: str) -> list[str]:
    published = {v.column: v.name for v in VARIABLES.values() if v.area == area}
    for index, expected in enumerate(_HEAD):
        if header[index : index + 1] != [expected]:
            raise SourceUnreadable(f'column {index + 1} is not "{expected}"', where=_place(file, 1))
    found = header[2:]
    for column in found:
        if column not in published:
            raise SourceUnreadable(f"is no {area} variable", where=_place(file, 1, column))
        if found.count(column) > 1:
            raise SourceUnreadable("stands twice", where=_place(file, 1, column))
    for column in published:
        if column not in found:
            raise SourceUnreadable("is missing", where=_place(file, 1, column))
    return [published[column] for column in found]


def _quarter(cell: str, before: list[str], where: str) -> str:
    match = _DATE.fullmatch(cell)
    if not match:
        raise SourceUnreadable(f'"{cell}" is no quarter such as 2025 Q1', where=where)
    quarter = match[1] + match[2]
    if quarter in before:
        raise SourceUnreadable(f"{cell} stands twice", where=where)
    if before and quarter_number(quarter, where=where) != (
        quarter_number(before[-1], where=where) + 1
    ):
        raise SourceUnreadable(f"{cell} does not follow {before[-1]}", where=where)
    return quarter


def _number(cell: str, where: str) -> float | None:
    if cell == "":
        return None
    if not _NUMBER.fullmatch(cell):
        raise SourceUnreadable(f'"{cell}" is no number', where=where)
    return float(cell)


def _place(file: str, row: int, column: str = "") -> str:
    return f"{file}: row {row}, {column}" if column else f"{file}: row {row}"
