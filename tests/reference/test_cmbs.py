"""Acceptance cases ``real-cmbs-ex102-*``: figures made with ElementTree and Decimal."""

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow.compute as pc
import pytest

from .tapes import Read

BMARK: dict[str, Any] = {
    "file": "cmbs_ex102_bmark_2024_v6.xml",
    "asset_elements": 129,
    "loans": 62,
    "property_only_rows": 67,
    "total_balance": "729201712.93",
    "wa_rate": 0.06114606515985848,
    "wa_dscr_ncf": 2.5698672117975274,
    "loans_dscr_ncf_below_1_25": 1,
    "interest_only": 38,
    "maturity_wall": {
        2029: "7500000.00",
        2035: "315825323.37",
        2036: "361210827.61",
        2050: "44665561.95",
    },
    "balance_by_property_type": {
        "cooperative": "76577043.41",
        "lodging": "13474871.03",
        "multifamily": "18416988.90",
        "manufactured_housing": "6000000.00",
        "mixed_use": "61878650.37",
        "office": "154500000.00",
        "retail": "221098597.27",
        "self_storage": "177255561.95",
    },
    "sum_first_property_valuation": "5796740000.00",
    "loans_missing_dscr": 0,
    "report_end": date(2026, 3, 11),
    # not of the case, counted in the tape: loanStructureCode other than WL; full interest-only
    "shared_collateral": 11,
    "no_amortisation": 30,
    "payment_types": {
        "interest_only_balloon": 30,
        "amortising_balloon": 22,
        "interest_only_amortising_balloon": 8,
        "hyper_amortising": 2,
    },
    "most_recent_financials": 0,
    "refused_cells": [],
}
BANK5: dict[str, Any] = {
    "file": "cmbs_ex102_bank5.xml",
    "asset_elements": 94,
    "loans": 35,
    "property_only_rows": 59,
    "total_balance": "949066382.67",
    "wa_rate": 0.06318104943155683,
    "wa_dscr_ncf": 1.6266512238505817,
    "loans_dscr_ncf_below_1_25": 0,
    "interest_only": 34,
    "maturity_wall": {2030: "949066382.67"},
    "balance_by_property_type": {
        "lodging": "162560782.67",
        "multifamily": "263800000.00",
        "manufactured_housing": "104445600.00",
        "office": "65300000.00",
        "retail": "252200000.00",
        "self_storage": "100760000.00",
    },
    "sum_first_property_valuation": "3666309298.00",
    "loans_missing_dscr": 0,
    "report_end": date(2025, 12, 11),
    "shared_collateral": 6,
    "no_amortisation": 34,
    "payment_types": {"interest_only_balloon": 34, "amortising_balloon": 1},
    "most_recent_financials": 34,
    # no state of the US: what the tape means is not known
    "refused_cells": [("collateral_region", "D0", "code_unknown")],
}


@pytest.fixture(scope="module", params=[BMARK, BANK5], ids=["bmark", "bank5"])
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {**request.param, "loans_read": Read(request.param["file"], profile="sec_ex102")}


@pytest.fixture
def loans(case: dict[str, Any]) -> Read:
    read: Read = case["loans_read"]
    return read


def decimals(figures: dict[Any, str]) -> dict[Any, Decimal]:
    return {key: Decimal(text) for key, text in figures.items()}


def test_each_asset_is_a_loan_or_a_property_that_is_set_aside(
    case: dict[str, Any], loans: Read
) -> None:
    assert loans.summary.record_count == case["asset_elements"]
    assert loans.summary.kept_count == case["loans"]
    assert loans.summary.set_aside_count == case["property_only_rows"]
    assert loans.summary.refused_record_count == 0


def test_the_balance_is_that_of_the_loans(case: dict[str, Any], loans: Read) -> None:
    assert loans.total("total_outstanding") == Decimal(case["total_balance"])


def test_rates_are_fractions_in_the_tape_and_percentages_here(
    case: dict[str, Any], loans: Read
) -> None:
    mean = loans.weighted_mean("interest_rate_pct", weight="total_outstanding")
    assert mean / 100 == pytest.approx(case["wa_rate"], rel=1e-12, abs=0)


def test_coverage_is_that_at_securitisation_on_net_cash_flow(
    case: dict[str, Any], loans: Read
) -> None:
    mean = loans.weighted_mean("debt_service_coverage_ratio", weight="total_outstanding")
    assert mean == pytest.approx(case["wa_dscr_ncf"], rel=1e-12, abs=0)
    below = loans.count(pc.less(loans["debt_service_coverage_ratio"], 1.25))
    assert below == case["loans_dscr_ncf_below_1_25"]
    assert loans["debt_service_coverage_ratio"].null_count == case["loans_missing_dscr"]


def test_interest_only_is_full_or_partial(case: dict[str, Any], loans: Read) -> None:
    assert loans.count(loans["interest_only"]) == case["interest_only"]
    assert loans.count(pc.equal(loans["amortization_term_months"], 0)) == case["no_amortisation"]


def test_the_maturity_wall_is_by_the_date_as_written(case: dict[str, Any], loans: Read) -> None:
    years = pc.year(loans["maturity_date"]).to_pylist()
    assert loans.totals("total_outstanding", years) == decimals(case["maturity_wall"])


def test_a_loan_stands_with_its_own_property_s_type(case: dict[str, Any], loans: Read) -> None:
    types = loans["collateral_type"].to_pylist()
    found = loans.totals("total_outstanding", types)
    assert found == decimals(case["balance_by_property_type"])


def test_the_valuation_is_the_whole_property_s(case: dict[str, Any], loans: Read) -> None:
    assert loans.total("collateral_value") == Decimal(case["sum_first_property_valuation"])
    assert loans.count(loans["shared_collateral"]) == case["shared_collateral"]
    assert loans["shared_collateral"].null_count == 0


def test_every_loan_says_when_it_was_reported(case: dict[str, Any], loans: Read) -> None:
    assert loans.counts("reporting_date") == {case["report_end"]: case["loans"]}


def test_no_cell_is_refused_but_a_state_that_is_none(case: dict[str, Any], loans: Read) -> None:
    assert loans.refusals() == case["refused_cells"]


def test_a_loan_amortises_as_its_payment_type_and_its_terms_say(
    case: dict[str, Any], loans: Read
) -> None:
    assert loans.counts("payment_type") == case["payment_types"]
    assert loans["payment_interval_months"].to_pylist() == [1] * case["loans"]
    for loan in loans.records.to_pylist():
        is_bullet = loan["amortisation"] == "bullet"
        assert is_bullet == (loan["amortization_term_months"] == 0)
        assert is_bullet == (loan["interest_only_term_months"] == loan["original_term_months"])
        is_partial = loan["payment_type"] == "interest_only_amortising_balloon"
        assert is_partial == (0 < loan["interest_only_term_months"] < loan["original_term_months"])
        ends_before_maturity = loan.get("anticipated_repayment_date") is not None
        assert ends_before_maturity == (loan["payment_type"] == "hyper_amortising")


def test_the_first_payment_is_one_month_after_the_term_begins(loans: Read) -> None:
    for loan in loans.records.to_pylist():
        first = loan["first_payment_date"]
        last = loan.get("anticipated_repayment_date") or loan["maturity_date"]
        months = (last.year - first.year) * 12 + last.month - first.month
        assert months == loan["original_term_months"] - 1
        assert last.day == first.day


def test_revenue_less_expenses_is_operating_income_and_not_cash_flow(loans: Read) -> None:
    for loan in loans.records.to_pylist():
        income = loan["revenue"] - loan["operating_expenses"]
        assert income == pytest.approx(loan["net_operating_income"], abs=1)  # some in dollars
        assert loan["net_cash_flow"] <= loan["net_operating_income"]


def test_the_most_recent_figures_are_named_as_such(case: dict[str, Any], loans: Read) -> None:
    for name in ("most_recent_revenue", "most_recent_operating_expenses"):
        has_any = name in loans.records.column_names
        given = loans.count(pc.is_valid(loans[name])) if has_any else 0
        assert given == case["most_recent_financials"]


def test_no_tape_states_a_scheduled_payment(loans: Read) -> None:
    # what is reported of a period is 0 for a loan before its first payment
    assert "scheduled_payment" not in loans.records.column_names
    assert loans["reported_period_payment"].null_count == 0


def test_two_loans_are_expected_to_be_repaid_long_before_they_mature() -> None:
    loans = Read(BMARK["file"], profile="sec_ex102")
    expected = loans.records.filter(pc.is_valid(loans["anticipated_repayment_date"]))
    assert expected["anticipated_repayment_date"].to_pylist() == [date(2035, 11, 6)] * 2
    assert expected["maturity_date"].to_pylist() == [date(2050, 11, 6)] * 2
    balance = sum(Decimal(repr(value)) for value in expected["total_outstanding"].to_pylist())
    assert balance == Decimal(BMARK["maturity_wall"][2050])
