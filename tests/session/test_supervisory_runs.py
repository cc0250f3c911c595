"""Books along published paths: by quarter, through declared links, with their own evidence."""

import pytest

from seawall.errors import InvalidInput
from seawall.session import Dataset, Session
from seawall.supervisory import built_in_paths

PATH = "frb_2025_severely_adverse"

BOOK = b"""id,currency,principal,collateral,coupon,rate_type,collateral_type,collateral_region
A,USD,1000000,1000000,5,fixed,office,US-NY
B,USD,1000000,1000000,6,floating,single_family,US-CA
C,USD,1000000,1000000,6,fixed,receivables,US
"""


@pytest.fixture
def book(session: Session) -> Dataset:
    return session.ingest(BOOK, format="csv")


def test_collateral_follows_the_published_index_of_its_kind(
    session: Session, book: Dataset
) -> None:
    run = session.stress(book, supervisory=[PATH])
    (path,) = run.result.supervisory
    quarter = next(q for q in path.quarters if q.quarter == "2026Q3")
    source = built_in_paths()[PATH]
    office = 1e6 * (1 + source.relative_change("commercial_real_estate_price_index", "2026Q3"))
    house = 1e6 * (1 + source.relative_change("house_price_index", "2026Q3"))
    assert quarter.collateral_value == pytest.approx(office + house + 1e6, rel=1e-12)
    assert house / 1e6 - 1 == pytest.approx(-0.33436820863085998137, rel=1e-12)


def test_only_floating_debt_pays_another_rate(session: Session, book: Dataset) -> None:
    (path,) = session.stress(book, supervisory=[PATH]).result.supervisory
    quarter = next(q for q in path.quarters if q.quarter == "2025Q2")
    # 4.4 % to 0.1 %: the floating loan pays 1.7 % instead of 6 %.
    assert quarter.interest_payment == pytest.approx(50_000 + 17_000 + 60_000, rel=1e-12)


def test_a_path_leaves_one_evidence_and_one_finding_of_its_worst_quarter(
    session: Session, book: Dataset
) -> None:
    run = session.stress(book, supervisory=[PATH])
    (path,) = run.result.supervisory
    finding = run.findings[-1]
    assert finding.title == f"stress:{PATH}"
    assert finding.body["quarter"] == path.peak_quarter
    assert finding.body["value"] == path.peak_loss == max(q.loss_estimate for q in path.quarters)
    evidence = session.trace(finding).evidence[0]
    assert evidence["kind"] == "supervisory_path"
    assert evidence["sha256"] == built_in_paths()[PATH].sha256().hex()
    assert len(evidence["quarters"]) == 13
    assert session.verify().ok


def test_what_no_published_series_covers_is_told(session: Session, book: Dataset) -> None:
    (path,) = session.stress(book, supervisory=[PATH]).result.supervisory
    gaps = {(gap.link, gap.collateral_type) for gap in path.not_covered}
    assert gaps == {("collateral_market_impact", "receivables")}
    assert path.not_covered[0].total_outstanding == 1_000_000


def test_the_links_can_be_overridden(session: Session, book: Dataset) -> None:
    links = {"collateral_indices": {"office": None}, "unemployment_weight": 0.0}
    run = session.stress(book, supervisory=[PATH], parameters={"supervisory_links": links})
    (path,) = run.result.supervisory
    assert {gap.collateral_type for gap in path.not_covered} == {"office", "receivables"}


def test_the_rows_of_a_run_hold_the_worst_quarter_of_its_path(
    session: Session, book: Dataset
) -> None:
    run = session.stress(book, supervisory=[PATH])
    (path,) = run.result.supervisory
    column = f"loss:{PATH}@{path.peak_quarter}"
    losses = run.table("records").to_arrow()[column].to_pylist()
    assert sum(losses) == pytest.approx(path.peak_loss, rel=1e-12)


def test_an_own_path_may_stand_in_the_question(session: Session, book: Dataset) -> None:
    run = session.stress(book, supervisory=[built_in_paths()["frb_2025_baseline"], PATH])
    assert [path.path_id for path in run.result.supervisory] == ["frb_2025_baseline", PATH]


@pytest.mark.parametrize("names", [["frb_1929"], [PATH, PATH]])
def test_an_unknown_or_repeated_path_is_refused_with_its_place(
    session: Session, book: Dataset, names: list[str]
) -> None:
    with pytest.raises(InvalidInput, match=r"parameters\.supervisory_scenarios\[\d\]"):
        session.stress(book, supervisory=names)


def test_a_path_gives_the_same_bits_on_any_number_of_threads(open_session) -> None:
    results = []
    for threads in (1, 2, 7):
        session = open_session(f"{threads}.db", threads=threads)
        dataset = session.ingest(BOOK, format="csv")
        results.append(session.stress(dataset, supervisory=[PATH]).result)
    assert results[0] == results[1] == results[2]
