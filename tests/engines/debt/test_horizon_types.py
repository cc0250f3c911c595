"""What a horizon may be told, and where it says that something is wrong."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seawall.engines.debt.horizon_cases import PRESETS
from seawall.engines.debt.horizon_checks import check_horizon, opening_day
from seawall.engines.debt.horizon_types import AmendAndExtend, Equitise, Horizon
from seawall.errors import InvalidInput
from seawall.provenance import canonical_json

EXTEND = {"kind": "amend_and_extend", "what_if_id": "w", "source_record_id": "A"}


def refusal(path_ids: tuple[str, ...] = (), **horizon: Any) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as raised:
        check_horizon(msgspec.convert(horizon, Horizon), path_ids=path_ids)
    return raised.value.where, raised.value.message


def test_a_horizon_of_defaults_is_valid() -> None:
    check_horizon(Horizon(), path_ids=[])


def test_a_horizon_is_written_and_read_without_loss() -> None:
    asked = msgspec.convert(
        {
            "as_of": "2026-03-11",
            "presets": ["mild"],
            "cases": [{"case_id": "own", "based_on": "mild", "cost_change_factor": 1.2}],
            "covenants": {"reset": {"from_month": 3, "limits": {"dscr_minimum": 1.1}}},
            "purchase": {"price_pct": 62.5, "risk_free_rate_pct": 3.0},
            "what_if": [EXTEND, {**EXTEND, "kind": "equitise", "what_if_id": "v", "fraction": 0.5}],
        },
        Horizon,
    )
    assert [type(entry) for entry in asked.what_if] == [AmendAndExtend, Equitise]
    assert msgspec.json.decode(canonical_json(asked), type=Horizon) == asked


@pytest.mark.parametrize(
    ("horizon", "place"),
    [
        ({"months": 5}, "$.months"),
        ({"months": 25}, "$.months"),
        ({"as_of": "20260311"}, "$.as_of"),
        ({"presets": ["harsh"]}, "$.presets[0]"),
        ({"cases": [{"case_id": "a", "revenue_change_factor": 2.5}]}, "revenue_change_factor"),
        ({"cases": [{"case_id": "a", "cost_change_factor": 3.5}]}, "cost_change_factor"),
        ({"cases": [{"case_id": "a", "interest_rate_change_factor": 5.5}]}, "$.cases[0]"),
        ({"cases": [{"case_id": "a", "liquidity_shock_factor": 1.1}]}, "$.cases[0]"),
        ({"cases": [{"case_id": "a", "market_value_depreciation_factor": 1.1}]}, "$.cases[0]"),
        ({"cases": [{"case_id": "a", "collection_period_extension_days": -1}]}, "$.cases[0]"),
        ({"cases": [{"case_id": "a", "revenue_change_factor": float("nan")}]}, "$.cases[0]"),
        ({"cases": [{"case_id": "a", "growth": 1}]}, "$.cases[0]"),
        ({"covenants": {"limits": {"dscr_minimum": 0}}}, "$.covenants.limits.dscr_minimum"),
        ({"refinancing": {"max_ltv_pct": 0}}, "$.refinancing.max_ltv_pct"),
        ({"waterfall": {"haircut_pct": 101}}, "$.waterfall.haircut_pct"),
        ({"purchase": {"price_pct": 0}}, "$.purchase.price_pct"),
        ({"what_if": [{**EXTEND, "kind": "forgive"}]}, "$.what_if[0].kind"),
        ({"cases": [{"case_id": str(i)} for i in range(65)]}, "$.cases"),
    ],
)
def test_a_value_out_of_its_range_is_refused_with_its_place(
    horizon: dict[str, Any], place: str
) -> None:
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.convert(horizon, Horizon)
    assert place in str(raised.value)


def test_a_reduction_of_payment_days_says_how_it_is_written() -> None:
    where, message = refusal(cases=[{"case_id": "own", "payment_period_reduction_days": 10}])
    assert where == "parameters.horizon.cases[0].payment_period_reduction_days"
    assert "write -10 for payments that go 10 days sooner" in message


@pytest.mark.parametrize("taken", ["base", "severe", "own", "a_path", " "])
def test_no_case_takes_the_name_of_another(taken: str) -> None:
    where, _ = refusal(("a_path",), cases=[{"case_id": "own"}, {"case_id": taken}])
    assert where == "parameters.horizon.cases[1].case_id"


@pytest.mark.parametrize(
    ("horizon", "place"),
    [
        ({"presets": ["mild", "mild"]}, "presets[1]"),
        ({"what_if": [EXTEND, EXTEND]}, "what_if[1].what_if_id"),
        ({"what_if": [{**EXTEND, "source_record_id": " "}]}, "what_if[0].source_record_id"),
        (
            {"months": 6, "covenants": {"reset": {"from_month": 7, "limits": {}}}},
            "covenants.reset.from_month",
        ),
        (
            {"waterfall": {"enterprise_multiple": 6.0, "cap_rate_pct": 8.0}},
            "waterfall.cap_rate_pct",
        ),
    ],
)
def test_fields_that_contradict_each_other_are_refused(horizon: dict[str, Any], place: str) -> None:
    where, _ = refusal(**horizon)
    assert where == f"parameters.horizon.{place}"


def fields_below(struct: type[msgspec.Struct]) -> set[str]:
    names = set()
    for field in msgspec.inspect.type_info(struct).fields:
        names.add(field.encode_name)
        for found in structs_in(field.type):
            names |= fields_below(found)
    return names


def structs_in(found: msgspec.inspect.Type) -> Iterator[type[msgspec.Struct]]:
    if isinstance(found, msgspec.inspect.StructType):
        yield found.cls
    elif isinstance(found, msgspec.inspect.Metadata):
        yield from structs_in(found.type)
    elif isinstance(found, msgspec.inspect.ListType):
        yield from structs_in(found.item_type)
    elif isinstance(found, msgspec.inspect.UnionType):
        for one in found.types:
            yield from structs_in(one)


def test_every_field_and_preset_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "horizon.md").read_text()
    names = fields_below(Horizon) | set(PRESETS) | {"amend_and_extend", "equitise"}
    assert len(names) > 50
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_day_0_is_the_parameter_else_the_books_latest_report() -> None:
    assert opening_day(Horizon(as_of="2026-01-31"), date(2026, 3, 11)) == date(2026, 1, 31)
    assert opening_day(Horizon(), date(2026, 3, 11)) == date(2026, 3, 11)


@pytest.mark.parametrize("horizon", [Horizon(), Horizon(as_of="2026-02-30")])
def test_without_a_day_0_there_is_no_horizon(horizon: Horizon) -> None:
    with pytest.raises(InvalidInput) as raised:
        opening_day(horizon, None)
    assert raised.value.where == "parameters.horizon.as_of"


@pytest.mark.parametrize(
    ("horizon", "reported"),
    [
        (Horizon(as_of="9998-01-01"), None),
        (Horizon(as_of="1899-12-31"), None),
        (Horizon(), date(9999, 12, 31)),
    ],
)
def test_a_day_0_has_a_calendar_around_it(horizon: Horizon, reported: date | None) -> None:
    with pytest.raises(InvalidInput, match="is not from 1900-01-01 to 2999-12-31") as raised:
        opening_day(horizon, reported)
    assert raised.value.where == "parameters.horizon.as_of"
