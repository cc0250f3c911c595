"""What is asked with a run: what-ifs, sensitivities and losses to reach, as evidence."""

from typing import Any

import pytest

from seawall.errors import InvalidInput, NotFound
from seawall.session import Run, Session

from .tapes import ingest, loan

LOANS = [loan(number) for number in range(20)]


def simulate(session: Session, **asked: Any) -> Run:
    return session.simulate(ingest(session, LOANS), scenarios=4_096, parameters=asked)


def test_answers_are_evidence_of_the_run(session: Session) -> None:
    run = simulate(
        session,
        what_if=[
            {"what_if_id": "sold", "changes": [{"kind": "remove", "source_record_id": "L19"}]}
        ],
        sensitivities=[{"figure": "default_probability", "change": 0.1}],
        reverse_losses=[2_000],
    )
    assert set(run.evidence_ids) == {
        "loss_distribution",
        "what_if:sold",
        "sensitivity:default_probability:0.1",
        "reverse_stress:2000.00",
        "audit_trail",
    }
    assert run.result.what_if[0].change.expected_loss_change < 0
    assert run.result.sensitivities[0].change.expected_loss_change > 0
    assert run.result.reverse_stress[0].states[0].expected_loss == pytest.approx(2_000)
    assert session.verify().ok
    assert session.run_of(run.run_id).result == run.result


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        (
            {
                "what_if": [
                    {"what_if_id": "a", "changes": [{"kind": "remove", "source_record_id": "x"}]}
                ]
            },
            "parameters.what_if[0].changes[0].source_record_id",
        ),
        (
            {
                "what_if": 2
                * [{"what_if_id": "a", "changes": [{"kind": "remove", "source_record_id": "L1"}]}]
            },
            "parameters.what_if[1].what_if_id",
        ),
        (
            {"sensitivities": [{"figure": "default_probability", "change": 30}]},
            "parameters.sensitivities[0].change",
        ),
        ({"reverse_losses": [1e12]}, "parameters.reverse_losses[0]"),
        ({"reverse_losses": [1e3, 2e3, 1000.001]}, "parameters.reverse_losses[2]"),
        ({"confidence_levels": [0.9, 0.99, 0.9]}, "parameters.confidence_levels[2]"),
        (
            {"sensitivities": 2 * [{"figure": "default_probability", "change": 0.1}]},
            "parameters.sensitivities[1]",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_place(
    session: Session, asked: dict[str, Any], place: str
) -> None:
    with pytest.raises((InvalidInput, NotFound)) as caught:
        simulate(session, **asked)
    assert caught.value.where == place
    assert session.runs() == []
