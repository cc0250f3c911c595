"""The service keeps what it says of itself, whatever it is asked."""

from pathlib import Path

import pytest

from service.attacks.described import ask_all
from service.served import served

pytestmark = pytest.mark.long


def test_no_answer_is_other_than_described(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        tally = ask_all(server.address, {"X-API-Key": server.key}, examples=2)
    assert tally.deviations == []
    assert tally.unanswered == set()
    assert sum(tally.answers.values()) >= 150
    assert 429 not in tally.answers


@pytest.mark.soak
def test_no_answer_of_ten_thousand_is_other_than_described(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        tally = ask_all(server.address, {"X-API-Key": server.key}, examples=150)
    assert tally.deviations == []
    assert tally.unanswered == set()
    assert sum(tally.answers.values()) >= 10_000
    assert 429 not in tally.answers
