"""Contract §1 through a session: its published check, and a slow twin on made-up records."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seawall.session import Run, Session

from .books import contract_record, encode, record
from .contract import DEFAULT_SCENARIOS, exposure, scale, stressed

REL = 1e-12


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with Session(tmp_path_factory.mktemp("contract") / "ledger.db") as opened:
        yield opened


def stress(session: Session, *records: dict[str, Any], **options: Any) -> Run:
    dataset = session.ingest(encode(*records), format="json", profile="todiscope")
    return session.stress(dataset, started_at="2025-01-01T00:00:00Z", **options)


# --- the published check


@pytest.fixture(scope="module")
def check(session: Session) -> Run:
    return stress(session, contract_record())


def test_the_check_case_has_the_published_net_exposure(check: Run) -> None:
    assert check.result.debt_exposure.net_exposure_after_recovery == 105_000


@pytest.mark.parametrize(
    ("scenario", "loss"),
    [("interest_rate_spike", 64_750), ("market_crash", 259_250), ("default_wave", 205_750)],
)
def test_the_check_case_has_the_published_losses(check: Run, scenario: str, loss: float) -> None:
    (found,) = [s for s in check.result.stress_tests if s.scenario_id == scenario]
    assert found.loss_estimate == pytest.approx(loss, rel=REL)
    assert found.impact_score == pytest.approx(loss / 1_000_000, rel=REL)


def test_the_default_scenarios_stand_in_their_order(check: Run) -> None:
    assert [s.scenario_id for s in check.result.stress_tests] == list(DEFAULT_SCENARIOS)


def test_the_check_case_has_the_published_exposure(check: Run) -> None:
    found = msgspec.to_builtins(check.result.debt_exposure)
    assert found == pytest.approx(
        {
            "total_outstanding": 1_000_000,
            "interest_rate_pct": 5,
            "interest_payment": 50_000,
            "collateral_value": 750_000,
            "collateral_shortfall": 250_000,
            "collateral_coverage_ratio": 0.75,
            "assets_value": 0,
            "leverage_ratio": 0,
            "distressed_asset_value": 290_000,
            "distressed_asset_recovery": 145_000,
            "distressed_asset_recovery_ratio": 0.5,
            "distressed_asset_count": 2,
            "net_exposure_after_recovery": 105_000,
        },
        rel=REL,
    )


def test_the_slow_twin_has_the_published_figures_too() -> None:
    base = exposure(contract_record()["payload"])
    losses = [stressed(base, shock)["loss_estimate"] for shock in DEFAULT_SCENARIOS.values()]
    assert base["net_exposure_after_recovery"] == 105_000
    assert losses == pytest.approx([64_750, 259_250, 205_750], rel=REL)


# --- the slow twin

amounts = st.one_of(
    st.just(0),
    st.integers(1, 10**9),
    st.floats(0.01, 1e9, allow_nan=False),
    st.floats(0.01, 1e9, allow_nan=False).map(repr),  # a text that is a number
)
rates = st.one_of(st.just(0), st.floats(0, 60), st.integers(0, 60).map(str))
absent = st.sampled_from([None, "", "  "])
refused = st.sampled_from([True, "nan", "Infinity", -1, "12a", "-0.5", [1], {"x": 1}])


def aliases(names: str, values: st.SearchStrategy[Any], *, bad: bool = True) -> Any:
    """Any of a figure's names at once, in any order, some of them absent or not to be read."""
    cell = st.one_of(values, values, values, absent, *([refused] if bad else []))
    chosen = st.lists(st.sampled_from(names.split("|")), unique=True, max_size=3)
    return chosen.flatmap(lambda keys: st.fixed_dictionaries(dict.fromkeys(keys, cell)))


def merged(*parts: Any) -> Any:
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})


COLLATERAL = "collateral_value|collateral|security_value"
instruments = merged(
    aliases("principal|outstanding|amount", amounts),
    aliases("interest_rate_pct|annual_interest_rate|rate_pct", rates),
    aliases(COLLATERAL, amounts),
)
distressed = st.lists(
    merged(aliases("value", amounts), aliases("recovery_rate_pct|recovery_rate|recovery", rates)),
    max_size=3,
)
assets = st.one_of(
    amounts, st.none(), aliases("total|value|amount|estimated_value", amounts, bad=False)
)


@st.composite
def payloads(draw: st.DrawFn) -> dict[str, Any]:
    debt = draw(
        merged(
            aliases("total_outstanding|outstanding|principal", amounts),
            aliases("interest_rate_pct|interest_rate|rate_pct", rates),
            aliases(COLLATERAL, amounts),
        )
    )
    if draw(st.booleans()):
        debt["instruments"] = draw(st.lists(instruments, max_size=4))
    financial: dict[str, Any] = {"debt": debt}
    payload: dict[str, Any] = {"financial": financial}
    place = draw(st.sampled_from(["financial.assets", "financial.asset_value", "assets", "none"]))
    if place != "none":
        owner = financial if place.startswith("financial.") else payload
        owner[place.removeprefix("financial.")] = draw(
            assets if place != "financial.asset_value" else amounts
        )
    if draw(st.booleans()):
        payload["distressed_assets"] = draw(distressed)
    if draw(st.booleans()):
        financial["distressed_assets"] = draw(distressed)
    return payload


impacts = st.floats(-1, 2)
shocks = st.tuples(st.floats(-20, 20), impacts, impacts, st.floats(-1, 1))

# What is a difference of amounts, or made of one, has an error relative to those amounts.
DIFFERENCES = {
    "collateral_shortfall",
    "net_exposure_after_recovery",
    "collateral_value",
    "collateral_loss",
    "distressed_asset_value",
    "distressed_asset_loss",
    "distressed_asset_recovery",
    "loss_estimate",
}


def assert_agrees(found: dict[str, Any], expected: dict[str, float], size: float) -> None:
    for name, value in expected.items():
        tolerance = REL * max(abs(value), size if name in DIFFERENCES else 0.0)
        if name == "impact_score":
            tolerance = REL * max(1.0, size)
        if name in {"interest_rate_pct", "interest_payment"}:  # a sum that may cancel
            tolerance = REL * max(abs(value), 100.0, size)
        assert abs(found[name] - value) <= tolerance, (name, found[name], value)


@settings(max_examples=100)
@given(payload=payloads(), shock=shocks)
def test_every_figure_of_one_record_is_the_slow_twin_s(
    session: Session, payload: dict[str, Any], shock: tuple[float, float, float, float]
) -> None:
    names = (
        "interest_rate_delta_pct",
        "collateral_market_impact_pct",
        "recovery_degradation_pct",
        "default_risk_increment_pct",
    )
    run = stress(
        session,
        record(payload),
        scenarios=[{"id": "own", **dict(zip(names, shock, strict=True))}],
    )
    base = exposure(payload)
    assert_agrees(msgspec.to_builtins(run.result.debt_exposure), base, scale(base))
    expected = {**DEFAULT_SCENARIOS, "own": shock}
    assert [s.scenario_id for s in run.result.stress_tests] == list(expected)
    for figures in run.result.stress_tests:
        twin = stressed(base, expected[figures.scenario_id])
        assert_agrees(msgspec.to_builtins(figures), twin, scale(base))


@settings(max_examples=25)
@given(st.lists(payloads(), min_size=2, max_size=12))
def test_a_book_is_the_sum_of_all_its_records(
    session: Session, payloads: list[dict[str, Any]]
) -> None:
    records = [record(payload, str(index)) for index, payload in enumerate(payloads)]
    run = stress(session, *records)
    bases = [exposure(payload) for payload in payloads]
    size = sum(scale(base) for base in bases)
    assume(size > 0)
    found = msgspec.to_builtins(run.result.debt_exposure)
    for name in (
        "total_outstanding",
        "interest_payment",
        "collateral_value",
        "collateral_shortfall",
        "assets_value",
        "distressed_asset_value",
        "distressed_asset_recovery",
        "net_exposure_after_recovery",
    ):
        total = sum(base[name] for base in bases)
        assert abs(found[name] - total) <= REL * max(size, total), name
    for figures in run.result.stress_tests:
        shock = DEFAULT_SCENARIOS[figures.scenario_id]
        loss = sum(stressed(base, shock)["loss_estimate"] for base in bases)
        assert abs(figures.loss_estimate - loss) <= REL * size
    rows = list(run.table("records").rows())
    for row, base in zip(rows, bases, strict=True):
        assert_agrees(row, {name: base[name] for name in base if name in row}, scale(base))


@settings(max_examples=50)
@given(payload=payloads())
def test_a_record_with_and_without_its_wrapper_is_the_same(
    session: Session, payload: dict[str, Any]
) -> None:
    flat = {"source_system": "erp", "source_record_id": "1", **payload}
    wrapped = session.read(encode(record(payload)), format="json", profile="todiscope")
    plain = session.read(encode(flat), format="json", profile="todiscope")
    assert plain.columns_digest() == wrapped.columns_digest()


def test_keys_are_read_in_any_spelling(session: Session) -> None:
    loud = json.loads(json.dumps(contract_record()).replace("_", " ").upper())
    run = stress(session, loud)
    assert run.result.debt_exposure.net_exposure_after_recovery == 105_000
