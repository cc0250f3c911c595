"""Losses at the rate of their default's quarter, and what rates do to what performs."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from seawall.engines.debt.simulation import AddLoan, Bump, ChangeLoan, RemoveLoan
from seawall.errors import InvalidInput
from seawall.session import Run, Session

from .tapes import ingest, loan

RATES = b"Date,USD,JPY,\n2026-04-10,1.25,160,\n"
FALLING = [1.1, 0.9, 0.75, 0.5]
LOANS = [
    loan(
        number,
        currency=("EUR", "USD", "JPY")[number % 3],
        outstanding=(1000.01, 1250.05, 160_001)[number % 3],
        pd_pct=40,
        lgd_pct=50,
    )
    for number in range(30)
]


def simulate(session: Session, loans: Any = LOANS, **asked: Any) -> Run:
    quarters = {"count": 4, "currency_factors": {"USD": FALLING, "JPY": [1.0, 1.0, 1.0, 1.3]}}
    return session.simulate(
        ingest(session, loans),
        currency="EUR",
        rates=session.ingest(RATES, format="csv", profile="ecb_rates"),
        rates_as_of="2026-04-10",
        scenarios=4_096,
        levels=[0.9],
        parameters={"quarters": quarters, "factors": {"asset_correlation": 0.3}, **asked},
    )


def minor(amount: float, *factors: float) -> int:
    found = Fraction(Decimal(repr(amount))) * 100
    for factor in factors:
        found *= Fraction(Decimal(repr(factor)))
    return round(found)


def owed(number: int) -> float:
    """In euro, at the rate that the book is converted at."""
    return (1000.01, 1250.05 / 1.25, 160_001 / 160)[number % 3]


def factor(number: int, quarter: int) -> float:
    return (1.0, FALLING[quarter - 1], [1.0, 1.0, 1.0, 1.3][quarter - 1])[number % 3]


def test_a_loss_is_converted_at_the_rate_of_its_defaults_quarter(session: Session) -> None:
    tail = simulate(session).questions
    quarters = set()
    for scenario in range(0, 4_096, 157):
        account = tail.scenario(scenario)
        rows = list(account.positions.rows())
        performing = set(range(30))
        for row in rows:
            number, quarter = int(row["source_record_id"][1:]), row["default_quarter"]
            assert round(row["loss"] * 100) == minor(owed(number), factor(number, quarter), 0.5)
            performing.remove(number)
            quarters.add(quarter)
        assert round(sum(row["loss"] for row in rows), 2) == account.loss
        translated = sum(minor(owed(n), factor(n, 4)) - minor(owed(n)) for n in performing)
        assert round((account.translation or 0) * 100) == translated
    assert quarters == {1, 2, 3, 4}


def test_translation_of_what_performs_is_a_line_of_its_own(session: Session) -> None:
    result = simulate(session).result
    dollars = {line.currency: line for line in result.translations}["USD"]
    owed_minor = minor(owed(1))
    assert dollars.exposure == 10 * owed_minor / 100
    more = 10 * 0.6 * (minor(owed(1), 0.5) - owed_minor) / 100
    assert dollars.expected_translation == pytest.approx(more)
    falls = np.diff(1 - 0.6 ** (np.arange(5) / 4))
    lost = [minor(owed(1), rate, 0.5) for rate in FALLING]
    assert dollars.expected_loss == pytest.approx(10 * np.dot(falls, lost) / 100)
    assert dollars.expected_loss_at_book_rate == pytest.approx(10 * 0.4 * minor(owed(1), 0.5) / 100)
    miss = result.expected_loss - result.exact_expected_loss
    assert abs(miss) < 4 * result.expected_loss_standard_error
    euros = result.exact_expected_loss - sum(line.expected_loss for line in result.translations)
    assert euros == pytest.approx(10 * 0.4 * minor(owed(0), 0.5) / 100)


def test_rates_that_stay_change_no_bit(session: Session) -> None:
    still = {"count": 4, "currency_factors": {"USD": [1.0] * 4}}
    moved, plain = (simulate(session, quarters=terms) for terms in (still, {"count": 4}))
    assert moved.result.losses_sha256 == plain.result.losses_sha256
    (line,) = moved.result.translations
    assert line.expected_translation == 0
    assert line.expected_loss == line.expected_loss_at_book_rate


@pytest.mark.parametrize(
    "terms", [{}, {"model": "parametric", "own_variance": 0.2}], ids=["fixed", "parametric"]
)
def test_what_ifs_and_bumps_of_a_book_with_moving_rates_are_the_other_book(
    session: Session, terms: dict[str, Any]
) -> None:
    tail = simulate(session, loss_given_default=terms).questions
    changes = [RemoveLoan("L29"), ChangeLoan("L4", loss_given_default_pct=60)]
    changes.append(AddLoan("O003", exposure=700, loss_given_default_pct=30))
    loans = [{**row, "lgd_pct": 60} if row["loan_id"] == "L4" else row for row in LOANS[:29]]
    loans.append(loan(77, obligor_id="O003", outstanding=700, pd_pct=40, lgd_pct=30))
    after = simulate(session, loans, loss_given_default=terms)
    assert tail.what_if(changes).tails[0].after == after.result.tails[0]
    (bumped,) = tail.sensitivities([Bump("currency", 0.1, currency="USD")])
    assert bumped.expected_loss_change > 0


def test_no_closed_form_is_told_where_there_is_none(session: Session) -> None:
    run = simulate(session, loss_given_default={"model": "parametric"})
    assert run.result.exact_expected_loss is None
    assert {line.expected_loss for line in run.result.translations} == {None}
    macro = {
        "variables": ["gdp"],
        "values": [-1],
        "covariance": [[1]],
        "factor_covariance": {"all": [0.5]},
    }
    gaussian = simulate(session, macro=macro).result
    assert gaussian.translations[1].expected_translation < 0
    student = simulate(
        session, macro=macro, factors={"asset_correlation": 0.3, "degrees_of_freedom": 4}
    ).result
    assert {line.expected_translation for line in student.translations} == {None}


@pytest.mark.parametrize(
    ("paths", "place"),
    [
        ({"USD": [1.0, 1.0]}, ".USD"),
        ({"GBP": [1.0] * 4}, ".GBP"),
        ({"EUR": [1.0] * 4}, ".EUR"),
        ({"USD": [1.0, 0.0, 1.0, 1.0]}, "[...][1]"),
    ],
)
def test_a_path_that_cannot_be_is_refused_with_its_place(
    session: Session, paths: dict[str, list[float]], place: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        simulate(session, quarters={"count": 4, "currency_factors": paths})
    assert caught.value.where == "parameters.quarters.currency_factors" + place


def test_a_waterfall_with_moving_rates_is_refused(session: Session) -> None:
    with pytest.raises(InvalidInput) as caught:
        simulate(session, loss_given_default={"model": "waterfall"})
    assert caught.value.where == "parameters.quarters.currency_factors"
