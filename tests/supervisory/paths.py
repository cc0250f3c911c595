"""A small path, and the files that the Federal Reserve would publish for one."""

import csv
from pathlib import Path

from seawall.supervisory import VARIABLES, JumpOff, PathSource, SupervisoryPath

QUARTERS = [f"{2025 + n // 4}Q{n % 4 + 1}" for n in range(13)]


def path_of(
    jump_off: dict[str, float | None], /, **variables: list[float | None]
) -> SupervisoryPath:
    count = len(next(iter(variables.values()))) if variables else 13
    return SupervisoryPath(
        path_id="made_up",
        title="Made up",
        source=PathSource("A supervisor", "A document", 2025, "made up"),
        jump_off=JumpOff("2024Q4", jump_off),
        quarters=QUARTERS[:count],
        variables=variables,
    )


def fed_rows(area: str, scenario: str, quarters: list[str]) -> list[list[str]]:
    """Header and rows as published; row i of the n-th variable holds n + i / 10."""
    columns = [v.column for v in VARIABLES.values() if v.area == area]
    rows = [["Scenario Name", "Date", *columns]]
    for i, quarter in enumerate(quarters):
        cells = [f"{n + 1 + i / 10:.1f}" for n in range(len(columns))]
        rows.append([scenario, f"{quarter[:4]} {quarter[4:]}", *cells])
    return rows


def write_rows(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path
