"""A supervisory path: values, changes, and what cannot be one."""

import math
from typing import Any

import msgspec
import pytest

from seawall.errors import InvalidInput, NotFound
from seawall.provenance import canonical_json
from seawall.supervisory import SupervisoryPath, check_path, parse_path
from supervisory.paths import path_of


@pytest.fixture
def path() -> SupervisoryPath:
    return path_of(
        {"treasury_3m_rate": 4.4, "house_price_index": 200.0, "real_gdp_growth": None},
        treasury_3m_rate=[1.8, 0.1],
        house_price_index=[150.0, None],
        real_gdp_growth=[-8.9, -6.7],
    )


def test_a_change_is_measured_from_the_jump_off(path: SupervisoryPath) -> None:
    assert path.change("treasury_3m_rate", "2025Q1") == pytest.approx(-2.6)
    assert path.relative_change("house_price_index", "2025Q1") == -0.25


def test_nothing_has_changed_in_the_jump_off(path: SupervisoryPath) -> None:
    assert path.value("treasury_3m_rate", "2024Q4") == 4.4
    assert path.change("treasury_3m_rate", "2024Q4") == 0
    assert path.cumulative_growth("real_gdp_growth", "2024Q4") == 0


def test_growth_is_annualised_and_compounds_by_quarters(path: SupervisoryPath) -> None:
    by_hand = (0.911 * 0.933) ** (1 / 4) - 1
    found = path.cumulative_growth("real_gdp_growth", "2025Q2")
    assert found == pytest.approx(by_hand, rel=1e-14, abs=0)


def test_a_year_of_one_growth_is_that_growth() -> None:
    path = path_of({"real_gdp_growth": 2.0}, real_gdp_growth=[-6.0] * 4)
    assert path.cumulative_growth("real_gdp_growth", "2025Q4") == pytest.approx(-0.06)


def test_a_value_that_is_not_published_is_an_error(path: SupervisoryPath) -> None:
    with pytest.raises(InvalidInput, match="2025Q2") as raised:
        path.value("house_price_index", "2025Q2")
    assert raised.value.where == "house_price_index"
    with pytest.raises(InvalidInput, match="2024Q4"):
        path.change("real_gdp_growth", "2025Q1")


@pytest.mark.parametrize(
    ("variable", "quarter"), [("prime_rate", "2025Q1"), ("treasury_3m_rate", "2025Q3")]
)
def test_what_the_path_has_not_is_not_found(
    path: SupervisoryPath, variable: str, quarter: str
) -> None:
    with pytest.raises(NotFound):
        path.value(variable, quarter)


def test_a_rate_has_no_relative_change_and_does_not_compound(path: SupervisoryPath) -> None:
    with pytest.raises(InvalidInput, match="no level"):
        path.relative_change("treasury_3m_rate", "2025Q1")
    with pytest.raises(InvalidInput, match="no annualised growth"):
        path.cumulative_growth("treasury_3m_rate", "2025Q1")


def changed(path: SupervisoryPath, **changes: Any) -> SupervisoryPath:
    return msgspec.structs.replace(path, **changes)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"quarters": []}, "quarters"),
        ({"quarters": ["2025Q1", "2025Q3"]}, "quarters[1]"),
        ({"quarters": ["2025Q2", "2025Q3"]}, "quarters[0]"),
        ({"quarters": ["2025 Q1", "2025 Q2"]}, "quarters[0]"),
        ({"variables": {}}, "variables"),
        ({"variables": {"gdp": [1.0, 1.0]}}, "variables.gdp"),
        ({"variables": {"prime_rate": [1.0]}}, "variables.prime_rate"),
        ({"variables": {"prime_rate": [1.0, 1.0]}}, "variables.prime_rate"),
        ({"variables": {"treasury_3m_rate": [1.0, math.nan]}}, "variables.treasury_3m_rate[1]"),
        ({"variables": {"house_price_index": [0.0, 1.0]}}, "variables.house_price_index[0]"),
        ({"variables": {"real_gdp_growth": [-100.0, 1.0]}}, "variables.real_gdp_growth[0]"),
        ({"variables": {"treasury_3m_rate": [1.0, 1.0]}}, "jump_off.values.house_price_index"),
    ],
)
def test_what_cannot_be_a_path_is_refused_with_its_place(
    path: SupervisoryPath, changes: dict[str, Any], where: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        check_path(changed(path, **changes))
    assert raised.value.where == where


def test_a_path_is_read_back_from_its_json(path: SupervisoryPath) -> None:
    assert parse_path(path.canonical(), where="a.json") == path
    assert path.canonical() == canonical_json(path)


def test_the_hash_is_of_what_the_path_says_and_not_of_its_layout(path: SupervisoryPath) -> None:
    spaced = msgspec.json.format(msgspec.json.encode(path), indent=4)
    assert parse_path(spaced, where="a.json").sha256() == path.sha256()
    other = changed(path, title="Another")
    assert other.sha256() != path.sha256()


def test_an_unknown_field_is_refused_with_the_file(path: SupervisoryPath) -> None:
    text = path.canonical().replace(b'"title"', b'"titel"')
    with pytest.raises(InvalidInput, match="titel") as raised:
        parse_path(text, where="a.json")
    assert raised.value.where == "a.json"


def test_a_value_of_a_file_is_refused_with_file_and_place(path: SupervisoryPath) -> None:
    text = path.canonical().replace(b"[150,", b"[-1,")
    with pytest.raises(InvalidInput) as raised:
        parse_path(text, where="a.json")
    assert raised.value.where == "a.json: variables.house_price_index[0]"
