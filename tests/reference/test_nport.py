"""Acceptance case ``real-nport``: a fund's 1,685 holdings against figures made with ElementTree."""

from datetime import date
from decimal import Decimal

import pyarrow.compute as pc
import pytest

from .tapes import Read


@pytest.fixture(scope="module")
def debt() -> Read:
    return Read("nport_gs_bond_fund_2023-03-31.xml", profile="sec_nport")


def test_a_holding_without_debt_terms_is_set_aside(debt: Read) -> None:
    assert debt.summary.record_count == 1685
    assert debt.summary.kept_count == 909
    assert debt.summary.set_aside_count == 1685 - 909
    assert debt.summary.refused_record_count == 0


def test_default_arrears_and_payment_in_kind_are_flags(debt: Read) -> None:
    assert debt.count(debt["in_default"]) == 2
    assert debt.count(debt["interest_in_arrears"]) == 0
    assert debt.count(debt["paid_in_kind"]) == 0


def test_the_value_in_dollars_has_its_short_positions_in_it(debt: Read) -> None:
    assert debt.total("market_value_usd") == Decimal("364980017.33000000")
    assert debt.count(pc.less(debt["market_value_usd"], 0)) == 9


def test_the_currency_is_of_either_element(debt: Read) -> None:
    assert debt.summary.currencies == {"USD": 897, "EUR": 11, "GBP": 1}


def test_a_holding_in_another_currency_has_its_rate(debt: Read) -> None:
    foreign = pc.not_equal(debt["currency"], "USD")
    assert debt.count(foreign) == 12
    assert debt.count(pc.is_valid(debt["exchange_rate"])) == 12
    rates = debt.records.filter(foreign)["exchange_rate"].to_pylist()
    assert set(rates) == {0.922084, 0.810636}


def test_coupon_kinds_are_kept_with_the_one_named_none(debt: Read) -> None:
    kinds = {"fixed": 826, "floating": 70, "variable": 10, "none": 3}
    assert debt.counts("coupon_kind") == kinds
    assert debt.counts("rate_type") == {"fixed": 826, "floating": 80, None: 3}


def test_sectors_are_the_asset_categories(debt: Read) -> None:
    assert debt.counts("sector") == {
        "debt": 603,  # DBT
        "mortgage_backed": 283,  # ABS-MBS
        "collateralised_debt_obligation": 14,  # ABS-CBDO
        "other_asset_backed": 7,  # ABS-O
        "short_term_investment_vehicle": 2,  # STIV
    }


def test_maturities_run_from_before_the_report_to_the_next_century(debt: Read) -> None:
    assert pc.min(debt["maturity_date"]).as_py() == date(2022, 7, 25)
    assert pc.max(debt["maturity_date"]).as_py() == date(2121, 7, 28)
    assert debt["maturity_date"].null_count == 0


def test_the_report_s_date_stands_with_every_holding(debt: Read) -> None:
    assert debt.counts("reporting_date") == {date(2023, 3, 31): 909}


def test_a_short_position_is_a_refused_balance_of_a_record_that_stays(debt: Read) -> None:
    refused = debt.refusals()
    assert {(field, rule) for field, _, rule in refused} == {("total_outstanding", "out_of_range")}
    assert len(refused) == 9
    assert all(value.startswith("-") for _, value, _ in refused)
    assert debt.counts("payoff_profile") == {"long": 900, "short": 9}


def test_one_security_held_twice_is_two_records(debt: Read) -> None:
    # 21H052645 is held long and short: no identifier of the form is a holding's key
    twice = debt.records.filter(pc.equal(debt["cusip"], "21H052645"))
    assert twice["payoff_profile"].to_pylist() == ["long", "short"]
    assert len(set(twice["source_record_id"].to_pylist())) == 2
    assert debt.summary.duplicate_key_count == 0


def test_an_issuer_is_its_lei_or_else_its_name(debt: Read) -> None:
    assert debt["lei"].null_count == 96
    assert debt["obligor_id"].null_count == 0
    named = debt.records.filter(pc.is_null(debt["lei"]))
    assert named["obligor_id"].equals(named["issuer_name"])
    assert debt.summary.rule_uses["obligor_id"]["sentinel_to_null"] == 96


def test_a_cusip_of_zeros_is_none(debt: Read) -> None:
    assert debt["cusip"].null_count == 21
    assert debt["isin"].null_count == 0
