"""The chain without a store: its bytes, and how a break shows."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sample_ledger import draft

from seawall.errors import InvalidInput, LimitExceeded, StoreError
from seawall.provenance import canonical_json
from seawall.store.audit_chain import (
    BEFORE_THE_FIRST,
    chain_problems,
    chained,
    entry_digest,
    exported,
)
from seawall.store.types import AuditDraft, AuditEntry

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "stored_bytes.md"

GOLDEN = AuditDraft(
    tenant="tenant-a",
    at="2026-01-01T00:00:00.000000Z",
    actor="ada",
    action="api_key.create",
    outcome="done",
    subject="key_1",
    request_id="",
    detail=b'{"roles":["read"]}',
)


def chain(length: int) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for index in range(length):
        previous = entries[-1].entry_sha256 if entries else BEFORE_THE_FIRST
        entries.append(chained(draft(str(index)), sequence=index + 1, previous_sha256=previous))
    return entries


def rehashed(entry: AuditEntry) -> AuditEntry:
    return replace(entry, entry_sha256=entry_digest(entry))


def test_the_page_shows_the_bytes_that_are_made() -> None:
    first = chained(GOLDEN, sequence=1, previous_sha256=BEFORE_THE_FIRST)
    second = chained(
        replace(GOLDEN, action="api_key.revoke", detail=b"{}"),
        sequence=2,
        previous_sha256=first.entry_sha256,
    )
    page = PAGE.read_text()
    assert f"first entry      {first.entry_sha256.hex()}\n" in page
    assert f"second entry     {second.entry_sha256.hex()}\n" in page
    assert exported(second).decode() in page


@given(
    st.lists(st.text(), min_size=7, max_size=7),
    st.integers(1, 2**53 - 1),
    st.dictionaries(st.text(), st.none() | st.floats(-1e15, 1e15) | st.lists(st.text())),
)
def test_what_is_hashed_is_canonical_json(
    texts: list[str], sequence: int, detail: dict[str, Any]
) -> None:
    texts[3:5] = [text or "x" for text in texts[3:5]]
    made = AuditDraft(*texts, canonical_json(detail))
    entry = chained(made, sequence=sequence, previous_sha256=b"p" * 32)
    content = {
        "schema": "seawall.audit_entry/1",
        "sequence": sequence,
        **dict(zip(AuditDraft.__struct_fields__, texts, strict=False)),
        "detail": detail,
    }
    assert entry.entry_sha256 == sha256(b"p" * 32 + canonical_json(content)).digest()


def test_an_exported_line_is_enough_to_compute_its_hash() -> None:
    line = exported(chain(3)[2])
    content = msgspec.json.decode(line)
    claimed = content.pop("entry_sha256")
    previous = bytes.fromhex(content.pop("previous_sha256"))
    assert canonical_json(msgspec.json.decode(line)) == line
    assert sha256(previous + canonical_json(content)).hexdigest() == claimed


def test_a_changed_entry_is_not_exported() -> None:
    # Its detail could hold line ends, and so entries that never were.
    with pytest.raises(StoreError) as refusal:
        exported(replace(chain(2)[1], detail=b"{}\n{}"))
    assert (refusal.value.code, refusal.value.where) == ("store_corrupt", "audit_entry[2]")


def test_an_untouched_chain_has_no_problem() -> None:
    assert list(chain_problems(chain(5))) == []
    assert list(chain_problems([])) == []


@pytest.mark.parametrize("field", AuditDraft.__struct_fields__)
def test_a_change_of_any_field_is_found(field: str) -> None:
    entries = chain(3)
    new = b'{"a":1}' if field == "detail" else "other"
    entries[1] = replace(entries[1], **{field: new})
    assert list(chain_problems(entries)) == [(2, "its content was changed")]


def test_a_change_with_its_hash_computed_again_is_found_at_the_next() -> None:
    entries = chain(3)
    entries[1] = rehashed(replace(entries[1], subject="other"))
    assert list(chain_problems(entries)) == [(3, "it does not continue the entry before it")]


def test_a_removed_entry_is_found() -> None:
    entries = chain(4)
    assert list(chain_problems([entries[0], *entries[2:]])) == [(2, "1 entry is missing")]


def test_a_removed_beginning_is_found() -> None:
    assert list(chain_problems(chain(4)[2:])) == [(1, "2 entries are missing")]


def test_a_removed_entry_is_found_when_the_others_move_up() -> None:
    first, _, third = chain(3)
    moved = rehashed(replace(third, sequence=2))
    assert list(chain_problems([first, moved])) == [(2, "it does not continue the entry before it")]


def test_exchanged_entries_are_found() -> None:
    first, second, third, fourth = chain(4)
    exchanged = [first, replace(third, sequence=2), replace(second, sequence=3), fourth]
    assert {sequence for sequence, _ in chain_problems(exchanged)} == {2, 3, 4}


def test_an_entry_put_before_the_first_is_found() -> None:
    entries = chain(2)
    early = rehashed(replace(entries[0], sequence=0))
    assert (0, "it has a place before the first") in chain_problems([early, *entries])


def test_entries_removed_from_the_end_leave_no_trace() -> None:
    # Why the last hash is shown: whoever keeps it elsewhere notices.
    assert list(chain_problems(chain(5)[:3])) == []


@pytest.mark.parametrize(
    ("change", "where", "error"),
    [
        ({"actor": "x" * 2_049}, "actor", LimitExceeded),
        ({"detail": b'"' + b"x" * 16_383 + b'"'}, "detail", LimitExceeded),
        ({"action": ""}, "action", InvalidInput),
        ({"outcome": ""}, "outcome", InvalidInput),
        ({"subject": "\ud800"}, "subject", InvalidInput),
        ({"detail": b"[]"}, "detail", InvalidInput),
        ({"detail": b'{"a": 1}'}, "detail", InvalidInput),
        ({"detail": b'{"a":1,"a":1}'}, "detail", InvalidInput),
        ({"detail": b'{"a":1e400}'}, "detail", InvalidInput),
        ({"detail": b'{"a":9007199254740992}'}, "detail", InvalidInput),
        ({"detail": b'{"a":"\xff"}'}, "detail", InvalidInput),
        ({"detail": b""}, "detail", InvalidInput),
    ],
)
def test_what_cannot_be_an_entry_is_refused_before_it_is_written(
    change: dict[str, Any], where: str, error: type[InvalidInput]
) -> None:
    with pytest.raises(error) as refusal:
        replace(draft(), **change)
    assert refusal.value.where == where
