"""The paths that come with seawall."""

from pathlib import Path

import pytest

from seawall.errors import InvalidInput, NotFound
from seawall.supervisory import VARIABLES, built_in_paths, load_path


def test_the_2025_scenarios_are_built_in() -> None:
    assert list(built_in_paths()) == ["frb_2025_baseline", "frb_2025_severely_adverse"]


@pytest.mark.parametrize("name", list(built_in_paths()))
def test_a_built_in_path_is_whole_and_names_its_source(name: str) -> None:
    path = load_path(name)
    assert set(path.variables) == set(VARIABLES)
    assert len(path.quarters) == 13
    assert all(None not in values for values in path.variables.values())
    assert len(path.source.files) == 4


def test_the_published_headline_figures_are_there() -> None:
    path = load_path("frb_2025_severely_adverse")
    assert max(path.variables["unemployment_rate"]) == 10.0
    found = path.relative_change("house_price_index", "2026Q3")
    assert found == pytest.approx(-0.33436820863085998, rel=1e-12, abs=0)


def test_a_file_of_one_s_own_is_a_path(tmp_path: Path) -> None:
    built_in = load_path("frb_2025_baseline")
    file = tmp_path / "mine.json"
    file.write_bytes(built_in.canonical())
    assert load_path(str(file)) == built_in


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match="frb_2025_severely_adverse"):
        load_path("frb_1999")
    with pytest.raises(NotFound, match="no such path file"):
        load_path("none.json")


def test_a_file_that_is_no_path_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text("{}")
    with pytest.raises(InvalidInput) as raised:
        load_path(str(file))
    assert raised.value.where == "mine.json"
