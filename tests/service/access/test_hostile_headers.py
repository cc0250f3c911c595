"""Whatever a header holds: nobody is let in by it, and nothing breaks."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.service.access.entrance import Entrance, with_token

from seawall.service.access.doors import AccessOptions
from seawall.service.access.rate_limit import Rate

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
NAMES = st.sampled_from([b"x-api-key", b"authorization", b"x-forwarded-for", b"cookie"])


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Entrance:
    """An entrance at which one may fail as often as one likes."""
    folder: Path = tmp_path_factory.mktemp("patient")
    often = Rate(per_second=1e6, burst=1_000_000)
    return Entrance(folder, AccessOptions(failure_rate=often, address_rate=often, key_rate=often))


@given(headers=st.lists(st.tuples(NAMES, st.binary(max_size=200)), max_size=4))
def test_no_bytes_of_a_header_let_anybody_in(
    patient: Entrance, headers: list[tuple[bytes, bytes]]
) -> None:
    assert patient.knock(*headers)[0] == 401


@given(
    text=st.builds(
        lambda *parts: ".".join(parts),
        *[st.text(ALPHABET, min_size=size, max_size=size + 40) for size in (20, 20, 86)],
    )
)
def test_no_text_in_the_form_of_a_token_lets_anybody_in(patient: Entrance, text: str) -> None:
    assert patient.knock(with_token(text))[0] == 401


def test_no_token_with_one_letter_changed_lets_anybody_in(patient: Entrance) -> None:
    token = patient.token()
    assert patient.knock(with_token(token))[0] == 200
    for position, letter in enumerate(token):
        other = ALPHABET[(ALPHABET.find(letter) + 1) % 64]
        changed = token[:position] + other + token[position + 1 :]
        assert patient.knock(with_token(changed))[0] == 401, position


def test_no_token_that_was_cut_or_put_together_lets_anybody_in(patient: Entrance) -> None:
    first, second = (patient.token().split(".") for _ in range(2))
    assert patient.knock(with_token(".".join(first)))[0] == 200
    for mixed in (
        [first[0], second[1], first[2]],
        [first[0], first[1], second[2]],
        [first[1], first[0], first[2]],
        [first[0], first[0], first[2]],
        first[:2],
        first[1:],
        [*first, first[2]],
    ):
        assert patient.knock(with_token(".".join(mixed)))[0] == 401
