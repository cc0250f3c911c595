"""A run that is far from its exact figures is refused, and one that is right never is."""

import math
from typing import Any

import numpy as np
import pytest

from seawall import native
from seawall.engines.debt.analytic import pool_moments
from seawall.engines.debt.simulation import Tail
from seawall.engines.debt.simulation.credit_book import CreditBook
from seawall.engines.debt.simulation.exact_figures import ExactFigures
from seawall.engines.debt.simulation.twins import Twin, judge, twins
from seawall.errors import SeawallError
from seawall.session import Session

from .tapes import ingest, loan

LOANS = [loan(number) for number in range(40)]
SCENARIOS = 131_072
PLAIN = {"asset_correlation": 0.2}
PARAMETRIC = {"model": "parametric", "own_variance": 0.2}
QUARTERS = {"count": 4, "discount_rate_pct": 5}


def tail_of(session: Session, scenarios: int = SCENARIOS, **asked: Any) -> Tail:
    loans = asked.pop("loans", LOANS)
    parameters = {"factors": PLAIN, **asked}
    run = session.simulate(ingest(session, loans), scenarios=scenarios, parameters=parameters)
    tail: Tail = run.questions
    return tail


def beside(tail: Tail, other: Tail) -> dict[str, Twin]:
    """A run of one book beside the exact figures of another."""
    found = twins(
        tail.loss_minor,
        other.exact,
        weights=tail.weights,
        is_sobol=tail.parameters.sampling == "sobol",
    )
    return {twin.figure: twin for twin in found}


def missed(found: dict[str, Twin]) -> set[str]:
    return {twin.figure for twin in found.values() if twin.distance > twin.limit}


@pytest.mark.parametrize(
    ("asked", "figures"),
    [
        ({}, ["expected_loss", "loss_standard_deviation"]),
        ({"factors": {"degrees_of_freedom": 4}}, ["expected_loss", "loss_standard_deviation"]),
        ({"sampling": "sobol"}, ["expected_loss", "loss_standard_deviation"]),
        (
            {"sampling": "importance"},
            ["mean_weight", "expected_loss", "loss_standard_deviation"],
        ),
        ({"loss_given_default": PARAMETRIC}, ["expected_loss"]),
        ({"quarters": QUARTERS}, ["expected_loss"]),
        ({"loss_given_default": {"model": "waterfall"}}, []),
    ],
)
def test_a_run_is_judged_by_what_has_an_exact_twin(
    session: Session, asked: dict[str, Any], figures: list[str]
) -> None:
    tail = tail_of(session, scenarios=8_192, **asked)
    assert [twin.figure for twin in tail.twins] == figures
    judge(tail.twins)
    simulated = {twin.figure: twin.simulated for twin in tail.twins}
    if figures:
        assert simulated["expected_loss"] == pytest.approx(tail.moments()["expected"])


@pytest.mark.parametrize("change", [1.03, 1 / 1.03])
@pytest.mark.parametrize(
    "asked", [{}, {"sampling": "sobol"}, {"factors": {**PLAIN, "degrees_of_freedom": 8}}]
)
def test_probabilities_that_are_off_by_a_little_are_caught(
    session: Session, asked: dict[str, Any], change: float
) -> None:
    off = [{**row, "pd_pct": 5 * change} for row in LOANS]
    tail = tail_of(session, **asked)
    other = tail_of(session, scenarios=64, **asked, loans=off)
    assert not missed(beside(tail, tail))
    assert "expected_loss" in missed(beside(tail, other))


@pytest.mark.parametrize(
    "asked",
    [{"loss_given_default": PARAMETRIC}, {"quarters": QUARTERS}, {"sampling": "importance"}],
)
def test_without_a_spread_or_with_weights_a_larger_error_is_caught(
    session: Session, asked: dict[str, Any]
) -> None:
    off = [{**row, "pd_pct": 6} for row in LOANS]
    tail = tail_of(session, **asked)
    assert "expected_loss" in missed(beside(tail, tail_of(session, 64, **asked, loans=off)))


def test_a_correlation_that_is_off_is_seen_in_the_spread(session: Session) -> None:
    tail = tail_of(session)
    other = tail_of(session, scenarios=64, factors={"asset_correlation": 0.3})
    assert missed(beside(tail, other)) == {"loss_standard_deviation"}


def test_weights_that_are_off_are_seen_in_their_mean(session: Session) -> None:
    tail = tail_of(session, sampling="importance")
    heavier = (tail.weights * 1.05).astype(np.uint32)
    found = {twin.figure: twin for twin in twins(tail.loss_minor, tail.exact, weights=heavier)}
    assert "mean_weight" in missed(found)


def test_a_run_that_misses_its_twin_is_refused_and_leaves_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = CreditBook.expected_loss
    monkeypatch.setattr(CreditBook, "expected_loss", lambda book: 1.05 * (exact(book) or 0))
    with pytest.raises(SeawallError, match="Nothing was kept") as caught:
        tail_of(session)
    assert (caught.value.code, caught.value.where) == ("exact_twin_missed", "result.expected_loss")
    assert session.runs() == []


def test_amounts_that_rounding_takes_whole_are_no_error(session: Session) -> None:
    loans = [loan(i, currency="JPY", outstanding=1, pd_pct=50, lgd_pct=20) for i in range(3)]
    terms = {"model": "parametric"}
    tail = tail_of(session, loans=loans, loss_given_default=terms, factors={"asset_correlation": 0})
    assert tail.loss_minor.max() == 0  # each is a fifth of a unit
    assert tail.twins[0].exact == pytest.approx(0.3)


def rare(losses: list[int], scenarios: int) -> list[Twin]:
    """One loan of 100 that defaults in one scenario of 100,000, beside these losses."""
    every = np.zeros(scenarios, np.int64)
    every[: len(losses)] = losses
    probability = 1e-5
    exact = ExactFigures(
        expected_minor=100 * probability,
        deviation_minor=100 * math.sqrt(probability * (1 - probability)),
        least_minor=0,
        most_minor=100,
        rounding_minor=0.0,
    )
    return twins(every, exact)


@pytest.mark.parametrize("defaults", [0, 1, 2, 3])
def test_a_rare_default_that_happens_is_no_error(defaults: int) -> None:
    judge(rare([100] * defaults, 1000))  # 0.01 are expected; three have a probability of 1.7e-7


@pytest.mark.parametrize(("defaults", "scenarios"), [(6, 1000), (0, 4_000_000)])
def test_defaults_that_cannot_have_been_that_many_are_an_error(
    defaults: int, scenarios: int
) -> None:
    with pytest.raises(SeawallError):
        judge(rare([100] * defaults, scenarios))


def honest_book(random: np.random.Generator) -> list[Twin]:
    """A small book of any kind, drawn in any way, beside its own exact figures."""
    count, factors = int(random.integers(1, 13)), int(random.integers(1, 3))
    probability = 10 ** random.uniform(-6, 0, count)
    probability[random.random(count) < 0.1] = random.integers(0, 2)
    weight = random.uniform(-0.7, 0.7, (count, factors))
    loss = (10 ** random.uniform(0, 6, count)).astype(np.int64)
    freedom = random.choice([math.inf, math.inf, math.inf, 4.0])
    obligors = {
        "slot": np.arange(count),
        "default_probability": probability,
        "factor_weight": weight,
    }
    book = native.DefaultSimulation(
        obligors,
        {"obligor": np.arange(count), "loss_minor": loss},
        {"correlation": np.eye(factors)},
        degrees_of_freedom=freedom,
    )
    shift = random.uniform(-2, 2, factors).tolist()
    tilt = 0.0 if math.isinf(freedom) else 0.2
    kind, sampling = [
        ("plain", None),
        ("sobol", native.Sampling.sobol()),
        ("importance", native.Sampling.importance(shift, tilt)),
    ][int(random.integers(0, 3))]
    drawn: Any = {
        "seed": int(random.integers(0, 2**40)),
        "first_scenario": 0,
        "count": 32 << int(random.integers(0, 8)),
        "sampling": sampling,
        "threads": 1,
    }
    of_t = None if math.isinf(freedom) else freedom
    exact = pool_moments(probability, weight, loss, degrees_of_freedom=of_t)
    figures = ExactFigures(
        expected_minor=exact.expected_loss,
        deviation_minor=exact.standard_deviation if random.random() < 0.7 else None,
        least_minor=int(loss[probability == 1].sum()),
        most_minor=int(loss[probability > 0].sum()),
        rounding_minor=0.0,
    )
    weights = np.frombuffer(book.weights(**drawn), np.uint32) if kind == "importance" else None
    losses = np.frombuffer(book.losses(**drawn), np.int64)
    return twins(losses, figures, weights=weights, is_sobol=kind == "sobol")


def test_no_honest_book_is_refused() -> None:
    random = np.random.default_rng(20261122)
    for _ in range(500):
        judge(honest_book(random))


@pytest.mark.soak
def test_no_honest_book_of_ten_thousand_is_refused() -> None:
    random = np.random.default_rng(6)
    for _ in range(10_000):
        judge(honest_book(random))
