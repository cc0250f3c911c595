"""Acceptance case ``real-frb-2025-sa``, and the Federal Reserve's files as they were published."""

import json
import os
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from seawall.errors import InvalidInput
from seawall.supervisory import SupervisoryPath, built_in_paths, read_fed_scenario

SHARED = Path(__file__).parents[3] / "shared"
DATA = SHARED / "data"
REFERENCE = SHARED / "reference" / "reference-credit.json"
CASE = "real-frb-2025-sa"

SEVERE = "Supervisory_Severely_Adverse"
FILES = {
    "frb_2025_baseline": ("2", "Supervisory_Baseline"),
    "frb_2025_severely_adverse": ("3", SEVERE),
}


def load_case() -> dict[str, Any]:
    cases = json.loads(REFERENCE.read_text())["cases"]
    (case,) = [case for case in cases if case["id"] == CASE]
    return case


@cache
def expected_names() -> tuple[str, ...]:
    """The figures of the case; ours when it is not at hand, so that each is skipped by name."""
    return tuple(load_case()["expected"]) if REFERENCE.is_file() else tuple(FIGURES)


def skip_without(path: Path) -> None:
    if not path.is_file():
        message = f"no reference data: {path} is not there"
        if os.environ.get("SEAWALL_NO_SKIPS") == "1":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(scope="module")
def case() -> dict[str, Any]:
    skip_without(REFERENCE)
    return load_case()


@pytest.fixture(scope="module")
def path(case: dict[str, Any]) -> SupervisoryPath:
    scenario, history = (SHARED / case["inputs"][name] for name in ("file", "history_file"))
    skip_without(scenario)
    return read_fed_scenario(scenario, history_domestic=history, **about("frb_2025_sa"))


def about(path_id: str) -> dict[str, Any]:
    text = dict.fromkeys(("title", "document", "obtained"), "of a test")
    return {"path_id": path_id, "year": 2025, **text}


def published(quarter: str) -> str:
    return f"{quarter[:4]} {quarter[4:]}"


def quarter_of(path: SupervisoryPath, name: str, value: float) -> str:
    return published(path.quarters[path.variables[name].index(value)])


def peak(path: SupervisoryPath, name: str) -> float:
    return max(value for value in path.variables[name] if value is not None)


def trough(path: SupervisoryPath, name: str) -> float:
    return min(value for value in path.variables[name] if value is not None)


def deepest(path: SupervisoryPath, name: str) -> float:
    return min(path.relative_change(name, quarter) for quarter in path.quarters)


HOUSES, COMMERCIAL = "house_price_index", "commercial_real_estate_price_index"
FIGURES: dict[str, Callable[[SupervisoryPath], Any]] = {
    "rows": lambda p: len(p.quarters),
    "first": lambda p: published(p.quarters[0]),
    "last": lambda p: published(p.quarters[-1]),
    "unemployment_peak": lambda p: peak(p, "unemployment_rate"),
    "unemployment_peak_q": lambda p: quarter_of(
        p, "unemployment_rate", peak(p, "unemployment_rate")
    ),
    "hpi_trough": lambda p: trough(p, HOUSES),
    "cre_trough": lambda p: trough(p, COMMERCIAL),
    "bbb_minus_10y_peak": lambda p: max(
        Decimal(repr(p.value("bbb_corporate_yield", q)))
        - Decimal(repr(p.value("treasury_10y_yield", q)))
        for q in p.quarters
    ),
    "vix_peak": lambda p: peak(p, "market_volatility_index"),
    "jumpoff_date": lambda p: published(p.jump_off.quarter),
    "jumpoff_hpi": lambda p: p.jump_off.values[HOUSES],
    "jumpoff_cre": lambda p: p.jump_off.values[COMMERCIAL],
    "hpi_peak_to_trough": lambda p: deepest(p, HOUSES),
    "cre_peak_to_trough": lambda p: deepest(p, COMMERCIAL),
}


@pytest.mark.parametrize("name", expected_names())
def test_a_figure_of_the_published_path_is_the_reference_s(
    name: str, case: dict[str, Any], path: SupervisoryPath
) -> None:
    expected, found = case["expected"][name], FIGURES[name](path)
    if isinstance(found, Decimal):
        assert found == Decimal(expected)
    elif isinstance(found, float) and isinstance(expected, str):  # as text to keep all digits
        assert found == pytest.approx(float(expected), rel=case["tolerance"]["rel"], abs=0)
    else:
        assert found == expected


def read_2025(path_id: str) -> SupervisoryPath:
    table, scenario = FILES[path_id]
    names = {
        "domestic": f"{table}A_{scenario}_Domestic",
        "international": f"{table}B_{scenario}_International",
        "history_domestic": "1A_Historic_Domestic",
        "history_international": "1B_Historic_International",
    }
    files: dict[str, Any] = {n: DATA / f"frb_2025-Table_{file}.csv" for n, file in names.items()}
    for file in files.values():
        skip_without(file)
    return read_fed_scenario(**files, **about(path_id))


@pytest.mark.parametrize("path_id", list(FILES))
def test_a_built_in_path_is_what_was_published(path_id: str) -> None:
    read, built_in = read_2025(path_id), built_in_paths()[path_id]
    assert built_in.quarters == read.quarters
    assert built_in.variables == read.variables
    assert built_in.jump_off == read.jump_off


@pytest.mark.parametrize("path_id", list(FILES))
def test_a_built_in_path_names_the_very_files(path_id: str) -> None:
    assert built_in_paths()[path_id].source.files == read_2025(path_id).source.files


def test_the_proposed_2026_tables_are_read_once_there_is_their_history(tmp_path: Path) -> None:
    prefix = DATA / "frb_2026_Proposed_Supervisory_Severely_Adverse"
    files = [Path(f"{prefix}_{area}.csv") for area in ("Domestic", "International")]
    history = []
    for file in files:
        skip_without(file)
        header, first = file.read_text().splitlines()[:2]  # made up: the jump-off is not published
        history.append(tmp_path / file.name)
        made_up = first.replace(SEVERE.replace("_", " "), "Actual").replace("2026 Q1", "2025 Q4")
        history[-1].write_text(f"{header}\n{made_up}\n")
    path = read_fed_scenario(
        *files,
        history_domestic=history[0],
        history_international=history[1],
        **about("frb_2026_proposed"),
    )
    assert path.quarters[-1] == "2029Q1"
    assert trough(path, COMMERCIAL) == 186.7
    assert path.value("usd_per_eur", "2026Q4") == 1.016


def test_the_2026_tables_do_not_follow_the_history_of_2025() -> None:
    domestic = DATA / "frb_2026_Proposed_Supervisory_Baseline_Domestic.csv"
    skip_without(domestic)
    with pytest.raises(InvalidInput, match="ends in 2024Q4"):
        read_fed_scenario(
            domestic,
            history_domestic=DATA / "frb_2025-Table_1A_Historic_Domestic.csv",
            **about("frb_2026"),
        )
