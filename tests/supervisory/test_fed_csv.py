"""The Federal Reserve's files: what is read, and what is refused with its place."""

from pathlib import Path
from typing import Any

import pytest

from seawall.errors import InvalidInput, LimitExceeded, NotFound, SourceUnreadable
from seawall.supervisory import VARIABLES, SupervisoryPath, fed_csv, read_fed_scenario
from supervisory.paths import QUARTERS, fed_rows, write_rows

ABOUT = {
    "path_id": "made_up",
    "title": "Made up",
    "document": "A document",
    "year": 2025,
    "obtained": "made up",
}
HISTORY = ["2024Q2", "2024Q3", "2024Q4"]
Rows = dict[str, list[list[str]]]


@pytest.fixture
def rows() -> Rows:
    return {
        "domestic": fed_rows("domestic", "Supervisory Baseline", QUARTERS),
        "international": fed_rows("international", "Supervisory Baseline", QUARTERS),
        "history_domestic": fed_rows("domestic", "Actual", HISTORY),
        "history_international": fed_rows("international", "Actual", HISTORY),
    }


def read(folder: Path, rows: Rows) -> SupervisoryPath:
    files: Any = {n: write_rows(folder / f"{n}.csv", table) for n, table in rows.items()}
    international = files.pop("international", None)
    return read_fed_scenario(files.pop("domestic"), international, **files, **ABOUT)


def test_every_variable_has_its_column(tmp_path: Path, rows: Rows) -> None:
    path = read(tmp_path, rows)
    assert list(path.variables) == list(VARIABLES)
    assert path.quarters == QUARTERS
    assert path.variables["real_gdp_growth"][:2] == [1.0, 1.1]
    assert path.variables["market_volatility_index"][12] == 17.2
    assert path.variables["usd_per_gbp"][0] == 12.0


def test_the_jump_off_is_the_last_row_of_history(tmp_path: Path, rows: Rows) -> None:
    path = read(tmp_path, rows)
    assert path.jump_off.quarter == "2024Q4"
    assert path.jump_off.values["unemployment_rate"] == 5.2


def test_the_order_of_the_columns_does_not_matter(tmp_path: Path, rows: Rows) -> None:
    before = read(tmp_path, rows)
    rows["domestic"] = [[*row[:2], *reversed(row[2:])] for row in rows["domestic"]]
    assert read(tmp_path, rows).variables == before.variables


def test_the_source_names_each_file_with_its_hash(tmp_path: Path, rows: Rows) -> None:
    from hashlib import sha256

    files = read(tmp_path, rows).source.files
    assert set(files) == {f"{name}.csv" for name in rows}
    for name, found in files.items():
        assert found == sha256((tmp_path / name).read_bytes()).hexdigest()


def test_a_domestic_scenario_alone_is_a_path(tmp_path: Path, rows: Rows) -> None:
    del rows["international"], rows["history_international"]
    assert "usd_per_eur" not in read(tmp_path, rows).variables


def test_history_may_have_no_value(tmp_path: Path, rows: Rows) -> None:
    rows["history_domestic"][-1][-1] = ""
    assert read(tmp_path, rows).jump_off.values["market_volatility_index"] is None


@pytest.mark.parametrize(
    ("table", "row", "column", "cell", "where"),
    [
        ("domestic", 0, 4, "Income", "domestic.csv: row 1, Income"),
        ("domestic", 0, 3, "Real GDP growth", "domestic.csv: row 1, Real GDP growth"),
        ("domestic", 0, 1, "Quarter", "domestic.csv: row 1"),
        ("domestic", 3, 2, "n/a", "domestic.csv: row 4, Real GDP growth"),
        ("domestic", 3, 2, "nan", "domestic.csv: row 4, Real GDP growth"),
        ("domestic", 3, 2, "1e3", "domestic.csv: row 4, Real GDP growth"),
        ("domestic", 3, 2, "", "domestic.csv: row 4, Real GDP growth"),
        ("domestic", 3, 1, "2025Q3", "domestic.csv: row 4, Date"),
        ("domestic", 3, 1, "2025 Q2", "domestic.csv: row 4, Date"),
        ("domestic", 3, 1, "2025 Q4", "domestic.csv: row 4, Date"),
        ("domestic", 3, 0, "Supervisory Mild", "domestic.csv: row 4, Scenario Name"),
        ("history_domestic", 1, 2, "x", "history_domestic.csv: row 2, Real GDP growth"),
        ("history_international", 3, 1, "2024 Q2", "history_international.csv: row 4, Date"),
    ],
)
def test_a_cell_that_is_not_as_published_is_refused_with_its_place(
    tmp_path: Path, rows: Rows, table: str, row: int, column: int, cell: str, where: str
) -> None:
    rows[table][row][column] = cell
    with pytest.raises(SourceUnreadable) as raised:
        read(tmp_path, rows)
    assert raised.value.where == where


def test_a_missing_column_is_refused(tmp_path: Path, rows: Rows) -> None:
    rows["domestic"] = [row[:-1] for row in rows["domestic"]]
    with pytest.raises(SourceUnreadable, match="is missing") as raised:
        read(tmp_path, rows)
    assert raised.value.where == "domestic.csv: row 1, Market Volatility Index (Level)"


def test_a_short_row_is_refused(tmp_path: Path, rows: Rows) -> None:
    rows["domestic"][5].pop()
    with pytest.raises(SourceUnreadable, match="17 cells under 18") as raised:
        read(tmp_path, rows)
    assert raised.value.where == "domestic.csv: row 6"


@pytest.mark.parametrize("count", [12, 14])
def test_another_number_of_quarters_is_refused(tmp_path: Path, rows: Rows, count: int) -> None:
    quarters = [*QUARTERS, "2028Q2"][:count]
    rows["domestic"] = fed_rows("domestic", "Supervisory Baseline", quarters)
    with pytest.raises(SourceUnreadable, match=f"{count} quarters") as raised:
        read(tmp_path, rows)
    assert raised.value.where == "domestic.csv"


def test_tables_of_two_scenarios_are_not_mixed(tmp_path: Path, rows: Rows) -> None:
    adverse = fed_rows("international", "Supervisory Severely Adverse", QUARTERS)
    with pytest.raises(InvalidInput, match="Severely Adverse"):
        read(tmp_path, {**rows, "international": adverse})


def test_history_is_no_scenario_and_a_scenario_no_history(tmp_path: Path, rows: Rows) -> None:
    with pytest.raises(InvalidInput, match="not a scenario"):
        read(tmp_path, {**rows, "domestic": rows["history_domestic"]})
    with pytest.raises(InvalidInput, match="not history"):
        read(tmp_path, {**rows, "history_domestic": rows["domestic"]})


def test_history_must_end_just_before_the_scenario(tmp_path: Path, rows: Rows) -> None:
    rows["history_domestic"].pop()
    with pytest.raises(InvalidInput, match="ends in 2024Q3") as raised:
        read(tmp_path, rows)
    assert raised.value.where == "history_domestic.csv"


def test_an_international_scenario_needs_its_history(tmp_path: Path, rows: Rows) -> None:
    del rows["history_international"]
    with pytest.raises(InvalidInput, match="come together"):
        read(tmp_path, rows)


def test_an_absent_and_an_empty_file_are_refused(tmp_path: Path, rows: Rows) -> None:
    with pytest.raises(SourceUnreadable, match="has no row"):
        read(tmp_path, {**rows, "domestic": []})
    with pytest.raises(NotFound):
        read_fed_scenario(tmp_path / "none.csv", history_domestic=tmp_path / "none.csv", **ABOUT)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fed_csv, "MAX_FILE_BYTES", 100)
    with pytest.raises(LimitExceeded):
        read(tmp_path, rows)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceUnreadable):
        read_fed_scenario(file, history_domestic=file, **ABOUT)
