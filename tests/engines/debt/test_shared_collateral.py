"""Collateral that a record shares with other loans: counted by its share, or not at all."""

import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall import native
from seawall.errors import InvalidInput
from seawall.session import Session

from .contract import DEFAULT_SCENARIOS, debt_service_share, stressed
from .contract import exposure as slow_exposure
from .tables import list_table, records_table, rows_of

SCENARIOS = list(DEFAULT_SCENARIOS.items())
DATA = Path(__file__).parents[4] / "shared" / "data"
TAPES = ("cmbs_ex102_bmark_2024_v6.xml", "cmbs_ex102_bank5.xml")
LARGEST_SHARE = 1.02

amounts = st.floats(1e3, 1e9)
loans = st.fixed_dictionaries(
    {
        "total_outstanding": amounts,
        "original_amount": amounts,
        "interest_rate_pct": st.floats(0.5, 15),
        "amortization_term_months": st.sampled_from([None, 0, 0, 120, 360]),
        "net_cash_flow": st.floats(1e3, 1e8),
        "debt_service_coverage_ratio": st.floats(0.5, 4),
        "collateral_value": amounts,
        "shared_collateral": st.sampled_from([True, True, False, None]),
        "collateral_share": st.one_of(st.none(), st.none(), st.floats(0, 100)),
    }
).map(
    lambda loan: {**loan, "collateral_share": None} if loan["shared_collateral"] is False else loan
)


def share_of(loan: dict[str, Any], rule: str) -> tuple[str | None, float]:
    """The slow twin: the basis of a loan's share, and how much of its collateral counts."""
    if loan["shared_collateral"] is False:
        return None, 1.0
    if loan["collateral_share"] is not None:
        return "stated", loan["collateral_share"] / 100
    if loan["amortization_term_months"] is None:
        return "withheld", 0.0
    share = debt_service_share(
        total=loan["total_outstanding"],
        original=loan["original_amount"],
        rate_pct=loan["interest_rate_pct"],
        months=loan["amortization_term_months"],
        net_cash_flow=loan["net_cash_flow"],
        coverage_ratio=loan["debt_service_coverage_ratio"],
    )
    if rule == "withheld" or not 0 < share <= LARGEST_SHARE:
        return "withheld", 0.0
    return "debt_service", min(share, 1.0)


@settings(max_examples=100)
@given(st.lists(loans, min_size=1, max_size=10), st.sampled_from(["withheld", "by_debt_service"]))
def test_collateral_counts_by_the_slow_twin_s_share(book: list[dict[str, Any]], rule: str) -> None:
    decoded = native.DebtBook(records_table(book), shared_collateral=rule)
    run = native.run_debt_stress(decoded, SCENARIOS, threads=1)
    shares = [share_of(loan, rule) for loan in book]
    listed = {row["record"]: row for row in rows_of(decoded.shared_collateral)}
    assert list(listed) == [i for i, (basis, _) in enumerate(shares) if basis]
    bases = []
    for index, (loan, (basis, share)) in enumerate(zip(book, shares, strict=True)):
        counted = loan["collateral_value"] * share
        if basis:
            row = listed[index]
            assert row["source_record_id"] == f"r{index}"
            assert row["basis"] == basis
            assert row["share"] == (
                None if basis == "withheld" else pytest.approx(share, rel=1e-10)
            )
            assert row["stated_value"] == loan["collateral_value"]
            assert row["counted_value"] == pytest.approx(counted, rel=1e-10)
        debt = {name: loan[name] for name in ("total_outstanding", "interest_rate_pct")}
        bases.append(slow_exposure({"financial": {"debt": {**debt, "collateral_value": counted}}}))
    size = sum(base["total_outstanding"] + base["collateral_value"] for base in bases)
    known = [b for b, (basis, _) in zip(bases, shares, strict=True) if basis != "withheld"]
    total = sum(base["total_outstanding"] for base in known)
    found = run.exposure
    assert found["collateral_coverage_ratio"] == pytest.approx(
        sum(base["collateral_value"] for base in known) / total if known else 0.0, rel=1e-9
    )
    shortfall = sum(base["collateral_shortfall"] for base in known)
    assert abs(found["collateral_shortfall"] - shortfall) <= 1e-9 * size
    net = sum(base["net_exposure_after_recovery"] for base in bases)
    assert abs(found["net_exposure_after_recovery"] - net) <= 1e-9 * size
    for figures, (_, shock) in zip(run.scenarios, SCENARIOS, strict=True):
        loss = sum(stressed(base, shock)["loss_estimate"] for base in bases)
        assert abs(figures["loss_estimate"] - loss) <= 1e-9 * size
    withheld = [loan for loan, (b, _) in zip(book, shares, strict=True) if b == "withheld"]
    assert decoded.collateral_withheld_count == len(withheld)
    assert decoded.collateral_withheld_outstanding == pytest.approx(
        sum(loan["total_outstanding"] for loan in withheld)
    )


SHARED = {"total_outstanding": 100.0, "collateral_value": 900.0, "shared_collateral": True}


def test_what_is_not_known_of_a_withheld_record_is_absent_in_the_tables() -> None:
    book = native.DebtBook(records_table([SHARED, {**SHARED, "shared_collateral": False}]))
    rows = rows_of(native.run_debt_stress(book, SCENARIOS).records())
    figures = [(r["collateral_shortfall"], r["collateral_coverage_ratio"]) for r in rows]
    assert figures == [(None, None), (0.0, 9.0)]
    assert [row["net_exposure_after_recovery"] for row in rows] == [100.0, 0.0]


def test_a_converted_record_shares_what_is_converted() -> None:
    loan = {**SHARED, "collateral_share": 25.0, "currency": "USD"}
    book = native.DebtBook(records_table([loan]), currency="EUR", rates={"USD": 0.5})
    (row,) = rows_of(book.shared_collateral)
    assert (row["stated_value"], row["counted_value"]) == (450.0, 112.5)


def test_debt_service_says_nothing_of_a_record_with_instruments() -> None:
    loan = {
        **SHARED,
        "interest_rate_pct": 6.0,
        "amortization_term_months": 0,
        "net_cash_flow": 20.0,
        "debt_service_coverage_ratio": 2.0,
    }
    for instruments, basis in ((None, "debt_service"), ([[{"principal": 5.0}]], "withheld")):
        book = native.DebtBook(
            records_table([loan]),
            list_table(instruments) if instruments else None,
            shared_collateral="by_debt_service",
        )
        assert [row["basis"] for row in rows_of(book.shared_collateral)] == [basis]


def bases_of(loans: list[dict[str, Any]], rule: str = "withheld") -> list[tuple[int, str, float]]:
    """Record, basis and what counts of each loan that shares its collateral."""
    book = native.DebtBook(records_table(loans), shared_collateral=rule)
    rows = rows_of(book.shared_collateral)
    return [(row["record"], row["basis"], row["counted_value"]) for row in rows]


def test_a_loan_whose_flag_is_absent_counts_without_collateral() -> None:
    own, unknown = ({**SHARED, "shared_collateral": flag} for flag in (False, None))
    assert bases_of([own, unknown, SHARED]) == [(1, "withheld", 0.0), (2, "withheld", 0.0)]


def test_a_stated_share_counts_where_the_flag_is_absent() -> None:
    unknown = {**SHARED, "shared_collateral": None}
    assert bases_of([SHARED, {**unknown, "collateral_share": 25.0}])[1:] == [(1, "stated", 225.0)]


def test_a_stated_share_counts_in_a_tape_without_flags() -> None:
    plain = {"total_outstanding": 100.0, "collateral_value": 900.0}
    assert bases_of([plain, {**plain, "collateral_share": 25.0}]) == [(1, "stated", 225.0)]
    assert bases_of([plain]) == []


@pytest.mark.parametrize("share", [0.0, 99.9])
def test_a_part_of_collateral_that_is_not_shared_is_refused_at_its_place(share: float) -> None:
    own = {**SHARED, "shared_collateral": False}
    assert bases_of([own, {**own, "collateral_share": 100.0}]) == []
    with pytest.raises(InvalidInput, match="shared_collateral is false") as caught:
        bases_of([own, {**own, "collateral_share": share}])
    assert caught.value.where == "collateral_share[1]"


@pytest.mark.parametrize(("months", "basis"), [(0, "debt_service"), (None, "withheld")])
def test_a_loan_that_does_not_say_how_it_is_repaid_has_no_share_by_debt_service(
    months: int | None, basis: str
) -> None:
    loan = {
        **SHARED,
        "interest_rate_pct": 6.0,
        "original_amount": 100.0,
        "net_cash_flow": 20.0,
        "debt_service_coverage_ratio": 2.0,
    }
    stated = {**loan, "amortization_term_months": months}
    assert [b for _, b, _ in bases_of([stated], "by_debt_service")] == [basis]
    assert [b for _, b, _ in bases_of([loan], "by_debt_service")] == ["withheld"]


EX102 = """<assetData><assets><assetNumber>1</assetNumber>
<originalLoanAmount>100</originalLoanAmount>
<reportPeriodEndActualBalanceAmount>100</reportPeriodEndActualBalanceAmount>
{code}<property><valuationSecuritizationAmount>900</valuationSecuritizationAmount></property>
</assets></assetData>"""


@pytest.mark.parametrize(
    ("code", "counted"), [("WL", 900.0), ("A1", 0.0), ("B3", 0.0), (None, 0.0)]
)
def test_a_property_counts_only_for_a_structure_code_known_to_be_a_whole_loan(
    session: Session, code: str | None, counted: float
) -> None:
    element = f"<loanStructureCode>{code}</loanStructureCode>" if code else ""
    loans = session.ingest(EX102.format(code=element).encode(), format="xml", profile="sec_ex102")
    assert session.stress(loans).result.debt_exposure.collateral_value == counted


def test_a_rule_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        native.DebtBook(records_table([SHARED]), shared_collateral="shared")
    assert caught.value.where == "shared_collateral"


# --- the real tapes


def child(element: ET.Element, name: str) -> str | None:
    return next((e.text for e in element if e.tag.rpartition("}")[2] == name), None)


def loans_of(tape: Path) -> list[dict[str, Any]]:
    """The loans of an EX-102 tape, each taken for a shared one."""
    found = []
    for asset in ET.parse(tape).getroot():  # noqa: S314 (our own files)
        if child(asset, "originalLoanAmount") is None:
            continue
        underlying = next(e for e in asset if e.tag.rpartition("}")[2] == "property")

        def number(name: str, of: ET.Element = asset) -> float:
            return float(child(of, name) or "nan")

        found.append(
            {
                "source_record_id": child(asset, "assetNumber"),
                "structure": child(asset, "loanStructureCode"),
                "currency": "USD",
                "total_outstanding": number("reportPeriodEndActualBalanceAmount"),
                "original_amount": number("originalLoanAmount"),
                "interest_rate_pct": 100 * number("originalInterestRatePercentage"),
                "amortization_term_months": int(number("originalAmortizationTermNumber")),
                "net_cash_flow": number("netCashFlowFlowSecuritizationAmount", underlying),
                "debt_service_coverage_ratio": number(
                    "debtServiceCoverageNetCashFlowSecuritizationPercentage", underlying
                ),
                "collateral_value": number("valuationSecuritizationAmount", underlying),
                "shared_collateral": True,
            }
        )
    return found


@pytest.fixture(scope="module")
def real_shares() -> list[tuple[str, float]]:
    """The structure code of each loan of both tapes, and its share by debt service."""
    if not all((DATA / tape).is_file() for tape in TAPES):
        message = f"no reference data: {DATA} lacks the tapes"
        if os.environ.get("SEAWALL_NO_SKIPS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    found = []
    for tape in TAPES:
        book = loans_of(DATA / tape)
        codes = [loan.pop("structure") for loan in book]
        decoded = native.DebtBook(records_table(book), shared_collateral="by_debt_service")
        rows = rows_of(decoded.shared_collateral)
        assert [row["basis"] for row in rows] == ["debt_service"] * len(book)
        found += list(zip(codes, (row["share"] for row in rows), strict=True))
    return found


def test_the_80_whole_loans_of_two_real_tapes_have_a_share_of_1(
    real_shares: list[tuple[str, float]],
) -> None:
    whole = [share for code, share in real_shares if code == "WL"]
    assert len(whole) == 80
    assert min(whole) >= 0.99
    assert max(whole) == 1.0  # what a rounded ratio gives beyond it is cut off


def test_the_17_slices_of_two_real_tapes_have_a_share_well_below_1(
    real_shares: list[tuple[str, float]],
) -> None:
    slices = [share for code, share in real_shares if code != "WL"]
    assert len(slices) == 17
    assert min(slices) > 0
    assert max(slices) < 0.7
