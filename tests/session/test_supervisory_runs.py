"""Books along published paths: by quarter, through declared links, with their own evidence."""

import msgspec
import pytest

from seawall.engines.debt.engine import ENGINE_VERSION
from seawall.errors import Conflict, InvalidInput
from seawall.session import Dataset, Session
from seawall.supervisory import built_in_paths

PATH = "frb_2025_severely_adverse"
GOLDEN = {
    "frb_2025_baseline": "dc90cb79ef54e0d8",
    "frb_2025_severely_adverse": "646e24ed895d8a8b",
}

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


def test_the_evidence_of_a_path_states_every_choice_of_its_links(
    session: Session, book: Dataset
) -> None:
    plain = session.stress(book, supervisory=[PATH])
    links = {"region_multipliers": {"US-NY": 1.5}}
    steeper = session.stress(book, supervisory=[PATH], parameters={"supervisory_links": links})
    stated = [session.trace(run.findings[-1]).evidence[0] for run in (plain, steeper)]
    assert stated[0]["supervisory_links"]["region_multipliers"] == {}
    assert stated[1]["supervisory_links"]["region_multipliers"] == {"US-NY": 1.5}
    assert stated[1]["collateral_indices"]["office"] == "commercial_real_estate_price_index"


def test_a_scenario_cannot_take_the_name_of_a_paths_quarter(
    session: Session, book: Dataset
) -> None:
    with pytest.raises(InvalidInput, match="stands twice"):
        session.stress(book, scenarios=[{"id": f"{PATH}@2026Q4"}], supervisory=[PATH])


def test_the_built_in_paths_are_those_of_this_engine_version() -> None:
    # A run names a built-in path: another content of it needs another ENGINE_VERSION.
    assert ENGINE_VERSION == "1.1"
    assert {name: path.sha256().hex()[:16] for name, path in built_in_paths().items()} == GOLDEN


def test_a_run_whose_answer_would_differ_makes_no_tables(
    session: Session, book: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = session.stress(book, supervisory=[PATH])
    first = run.table("records")
    changed = msgspec.structs.replace(built_in_paths()[PATH], title="another")
    monkeypatch.setattr(
        "seawall.engines.debt.scenarios.built_in_paths", lambda: {changed.path_id: changed}
    )
    assert len(first) == 3
    with pytest.raises(Conflict) as raised:
        session.run_of(run.run_id).table("records")
    assert raised.value.code == "engine_version_differs"


def test_a_series_that_the_book_does_not_need_may_be_missing(
    session: Session, book: Dataset
) -> None:
    path = built_in_paths()["frb_2025_baseline"]
    variables = {**path.variables, "jpy_per_usd": [None] * len(path.quarters)}
    own = msgspec.structs.replace(path, path_id="mine", variables=variables)
    assert session.stress(book, supervisory=[own]).result.supervisory[0].path_id == "mine"
