"""What a caller may say over the default scenarios, and how findings follow from it."""

from typing import Any

import msgspec
import pytest

from seawall.engines.debt import DebtStressParameters, ScenarioEntry
from seawall.engines.debt.scenarios import DEFAULT_SCENARIOS, complete_scenarios
from seawall.errors import InvalidInput
from seawall.session import Dataset, Run, Session

from .books import contract_record, debt, encode

SHOCKS = {
    "interest_rate_delta_pct": 3.5,
    "collateral_market_impact_pct": -0.5,
    "recovery_degradation_pct": 0.25,
    "default_risk_increment_pct": 0.125,
}


def completed(*entries: dict[str, Any]) -> list[Any]:
    return complete_scenarios([msgspec.convert(entry, ScenarioEntry) for entry in entries])


@pytest.fixture
def dataset(session: Session) -> Dataset:
    return session.ingest(encode(contract_record()), format="json", profile="todiscope")


def where_refused(session: Session, dataset: Dataset, *entries: Any, **parameters: Any) -> str:
    with pytest.raises(InvalidInput) as caught:
        session.run(
            "debt_stress", dataset, parameters={"stress_scenarios": list(entries), **parameters}
        )
    assert session.runs() == []
    return caught.value.where


# --- overrides


@pytest.mark.parametrize("known", [s.scenario_id for s in DEFAULT_SCENARIOS])
@pytest.mark.parametrize("field", SHOCKS)
def test_one_field_of_a_known_scenario_changes_alone(known: str, field: str) -> None:
    (before,) = [s for s in DEFAULT_SCENARIOS if s.scenario_id == known]
    (after,) = [s for s in completed({"id": known, field: SHOCKS[field]}) if s.scenario_id == known]
    # What it was described as, a loss of a quarter for example, is not what it does now.
    assert after == msgspec.structs.replace(before, **{field: SHOCKS[field]}, description="")


def test_a_description_alone_changes_no_shock() -> None:
    after = completed({"scenario_id": "market_crash", "name": "ours"})[1]
    assert after == msgspec.structs.replace(DEFAULT_SCENARIOS[1], description="ours")


def test_a_shock_that_is_said_as_it_was_leaves_the_description() -> None:
    after = completed({"id": "market_crash", "collateral_market_impact_pct": -0.25})[1]
    assert after == DEFAULT_SCENARIOS[1]


def test_a_changed_scenario_has_the_description_that_comes_with_the_change() -> None:
    entry = {"id": "market_crash", "collateral_market_impact_pct": -0.4, "name": "a crash"}
    assert completed(entry)[1].description == "a crash"


def test_an_explicit_zero_is_a_change() -> None:
    after = completed({"id": "market_crash", "collateral_market_impact_pct": 0})[1]
    assert after.collateral_market_impact_pct == 0


def test_changed_defaults_keep_their_order_and_new_ones_follow_in_theirs() -> None:
    found = completed({"id": "zeta"}, {"id": "default_wave"}, {"id": "alpha"})
    assert [s.scenario_id for s in found] == [
        "interest_rate_spike",
        "market_crash",
        "default_wave",
        "zeta",
        "alpha",
    ]


def test_what_a_new_scenario_does_not_say_is_zero() -> None:
    new = completed({"id": "own", "default_risk_increment_pct": 0.5})[3]
    assert new.default_risk_increment_pct == 0.5
    assert new.interest_rate_delta_pct == 0
    assert new.collateral_market_impact_pct == 0
    assert new.recovery_degradation_pct == 0


def test_no_entries_are_the_three_defaults() -> None:
    assert completed() == list(DEFAULT_SCENARIOS)


def test_a_scenario_that_changes_nothing_loses_nothing(session: Session, dataset: Dataset) -> None:
    found = session.stress(dataset, scenarios=[{"id": "calm"}]).result.stress_tests[3]
    assert found.loss_estimate == 0
    assert found.net_exposure_after_recovery == 105_000


def test_scenarios_may_be_structs(session: Session, dataset: Dataset) -> None:
    entry = ScenarioEntry(id="own", default_risk_increment_pct=0.5)
    given = session.stress(dataset, scenarios=[entry], started_at="2025-01-01T00:00:00Z")
    told = session.stress(
        dataset,
        parameters=DebtStressParameters(stress_scenarios=[entry]),
        started_at="2025-01-01T00:00:00Z",
    )
    assert given.run_id == told.run_id


# --- refusals


@pytest.mark.parametrize(
    "entry", [{}, {"name": "x"}, {"id": ""}, {"id": "  "}, {"scenario_id": "\t"}]
)
def test_an_entry_without_an_id_is_refused_with_its_place(
    session: Session, dataset: Dataset, entry: dict[str, Any]
) -> None:
    where = where_refused(session, dataset, {"id": "a"}, entry)
    assert where == "parameters.stress_scenarios[1].scenario_id"


@pytest.mark.parametrize("entry", ["market_crash", 1, None, ["market_crash"]])
def test_an_entry_that_is_no_object_is_refused_with_its_place(
    session: Session, dataset: Dataset, entry: object
) -> None:
    assert where_refused(session, dataset, {"id": "a"}, entry) == "parameters.stress_scenarios[1]"


def test_an_unknown_field_of_an_entry_is_refused_with_its_place(
    session: Session, dataset: Dataset
) -> None:
    where = where_refused(session, dataset, {"id": "a", "collateral_market_impact": -0.1})
    assert where.startswith("parameters.stress_scenarios[0]")


def test_an_unknown_parameter_is_refused(session: Session, dataset: Dataset) -> None:
    assert where_refused(session, dataset, colour="red").startswith("parameters")


@pytest.mark.parametrize("field", SHOCKS)
@pytest.mark.parametrize("value", [True, "0.1", None, [1]])
def test_a_shock_that_is_no_number_is_refused_with_its_place(
    session: Session, dataset: Dataset, field: str, value: object
) -> None:
    where = where_refused(session, dataset, {"id": "a", field: value})
    assert where == f"parameters.stress_scenarios[0].{field}"


@pytest.mark.parametrize("field", SHOCKS)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e200])
def test_a_shock_that_is_not_finite_or_too_large_is_refused_with_its_place(
    session: Session, dataset: Dataset, field: str, value: float
) -> None:
    where = where_refused(session, dataset, {"id": "a", field: value})
    assert where == f"parameters.stress_scenarios[0].{field}"


@pytest.mark.parametrize("field", ["collateral_market_impact_pct", "recovery_degradation_pct"])
def test_nothing_loses_more_than_all_of_it(session: Session, dataset: Dataset, field: str) -> None:
    where = where_refused(session, dataset, {"id": "a", field: -1.01})
    assert where == f"parameters.stress_scenarios[0].{field}"


def test_two_names_of_one_figure_must_agree(session: Session, dataset: Dataset) -> None:
    where = where_refused(session, dataset, {"id": "a", "scenario_id": "b"})
    assert where == "parameters.stress_scenarios[0].id"


def test_an_id_stands_once(session: Session, dataset: Dataset) -> None:
    where = where_refused(session, dataset, {"id": "a"}, {"id": " a "})
    assert where == "parameters.stress_scenarios[1].scenario_id"


@pytest.mark.parametrize(
    "name",
    ["net_exposure_materiality_threshold_pct", "stress_loss_materiality_threshold_pct"],
)
@pytest.mark.parametrize("value", [-0.1, 1.1, "0.1", True])
def test_a_threshold_is_a_fraction(
    session: Session, dataset: Dataset, name: str, value: object
) -> None:
    assert where_refused(session, dataset, **{name: value}) == f"parameters.{name}"


@pytest.mark.parametrize("parameters", [[1], "x", 5])
def test_parameters_that_are_no_object_are_refused(
    session: Session, dataset: Dataset, parameters: Any
) -> None:
    for ask in (
        lambda: session.stress(dataset, parameters=parameters),
        lambda: session.run("debt_stress", dataset, parameters=parameters),
    ):
        with pytest.raises(InvalidInput) as caught:
            ask()
        assert caught.value.where == "parameters"


def test_scenarios_beside_parameters_that_are_no_list_are_refused(
    session: Session, dataset: Dataset
) -> None:
    with pytest.raises(InvalidInput) as caught:
        session.stress(dataset, parameters={"stress_scenarios": 5}, scenarios=[{"id": "a"}])
    assert caught.value.where == "parameters.stress_scenarios"


# --- findings


@pytest.fixture
def run(session: Session, dataset: Dataset) -> Run:
    return session.stress(dataset, scenarios=[{"id": "own", "default_risk_increment_pct": 0.01}])


def test_findings_stand_in_the_contract_s_order_under_its_names(run: Run) -> None:
    assert [(f.title, f.body["category"], f.body["metric"]) for f in run.findings] == [
        ("debt_exposure: net", "debt_exposure", "net_exposure_after_recovery"),
        ("stress:interest_rate_spike", "stress_test", "loss_estimate"),
        ("stress:market_crash", "stress_test", "loss_estimate"),
        ("stress:default_wave", "stress_test", "loss_estimate"),
        ("stress:own", "stress_test", "loss_estimate"),
    ]


def test_a_finding_states_value_threshold_and_impact(run: Run) -> None:
    net = run.findings[0].body
    assert net["value"] == 105_000
    assert net["threshold"] == 200_000
    assert net["impact_score"] == pytest.approx(0.105, rel=1e-12)
    crash = run.findings[2].body
    assert crash["threshold"] == 50_000
    assert crash["scenario_id"] == "market_crash"
    assert crash["impact_score"] == run.result.stress_tests[1].impact_score


def test_what_reaches_its_threshold_is_material(run: Run) -> None:
    assert [f.is_material for f in run.findings] == [False, True, True, True, False]
    assert [f.body["materiality"] for f in run.findings] == [
        "not_material",
        "material",
        "material",
        "material",
        "not_material",
    ]


@pytest.mark.parametrize(
    ("threshold", "material"), [(0.105, True), (0.1049, True), (0.1051, False), (0.0, True)]
)
def test_a_value_at_its_threshold_is_material(
    session: Session, dataset: Dataset, threshold: float, material: bool
) -> None:
    run = session.stress(dataset, parameters={"net_exposure_materiality_threshold_pct": threshold})
    assert run.findings[0].body["threshold"] == threshold * 1_000_000
    assert run.findings[0].is_material is material


@pytest.mark.parametrize(("threshold", "material"), [(0.01, True), (0.0101, False)])
def test_a_loss_at_its_threshold_is_material(
    session: Session, dataset: Dataset, threshold: float, material: bool
) -> None:
    run = session.stress(
        dataset,
        scenarios=[{"id": "own", "default_risk_increment_pct": 0.01}],
        parameters={"stress_loss_materiality_threshold_pct": threshold},
    )
    assert run.result.stress_tests[3].loss_estimate == 10_000
    assert run.findings[4].is_material is material


def test_a_small_book_is_measured_against_one_unit(session: Session) -> None:
    dataset = session.ingest(encode(debt(principal=0.5)), format="json", profile="todiscope")
    net = session.stress(dataset).findings[0].body
    assert net["threshold"] == 0.2
    assert net["impact_score"] == 0.5


def test_a_euro_book_keeps_the_old_key_and_another_does_not(session: Session) -> None:
    def impact(currency: str) -> dict[str, Any]:
        dataset = session.ingest(
            encode(debt(currency=currency, principal=100)), format="json", profile="todiscope"
        )
        return session.stress(dataset).findings[0].body

    assert impact("EUR")["financial_impact_eur"] == 100
    assert impact("EUR")["financial_impact"] == {"amount": 100, "currency": "EUR"}
    assert "financial_impact_eur" not in impact("JPY")
    assert impact("JPY")["financial_impact"] == {"amount": 100, "currency": "JPY"}


def test_a_finding_points_at_the_record_that_contributes_most(session: Session) -> None:
    records = [debt(str(i), principal=p) for i, p in enumerate([5, 90, 0, 7])]
    dataset = session.ingest(encode(*records), format="json", profile="todiscope")
    assert [f.body["raw_record_hint"] for f in session.stress(dataset).findings] == [1] * 4
