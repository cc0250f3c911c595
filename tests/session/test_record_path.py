"""The path of a record, of which the nodes over all chunks are hashed once for many traces."""

from hashlib import sha256

import pytest

from seawall import native
from seawall.errors import InvalidInput
from seawall.provenance import merkle_root_from_path
from seawall.session.record_path import record_path

CHUNK = native.LEAVES_PER_CHUNK


def chunks_of(count: int) -> list[list[bytes]]:
    leaves = [sha256(str(number).encode()).digest() for number in range(count)]
    return [leaves[first : first + CHUNK] for first in range(0, count, CHUNK)]


def roots_of(chunks: list[list[bytes]]) -> bytes:
    return b"".join(native.merkle_root(b"".join(chunk)) for chunk in chunks)


@pytest.mark.parametrize("count", [1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 3, 8 * CHUNK])
def test_the_path_leads_from_every_record_to_the_root_over_all(count: int) -> None:
    chunks = chunks_of(count)
    roots = roots_of(chunks)
    for record in {*range(0, count, 97), count - 1}:
        chunk = chunks[record // CHUNK]
        path = record_path(b"".join(chunk), roots, record)
        found = merkle_root_from_path(
            chunk[record % CHUNK],
            leaf_index=record,
            leaf_count=count,
            path=[bytes.fromhex(sibling) for sibling in path],
        )
        assert found == native.merkle_root(roots)


def test_the_leaves_of_another_chunk_are_refused_with_their_place() -> None:
    chunks = chunks_of(3 * CHUNK)
    with pytest.raises(InvalidInput) as refusal:
        record_path(b"".join(chunks[0]), roots_of(chunks), CHUNK + 1)
    assert refusal.value.where == "chunks[1]"


def test_a_record_beyond_all_chunks_has_no_path() -> None:
    chunks = chunks_of(CHUNK)
    with pytest.raises(InvalidInput):
        record_path(b"".join(chunks[0]), roots_of(chunks), CHUNK)
