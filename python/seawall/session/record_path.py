"""The path of a record in its dataset's Merkle tree."""

from functools import lru_cache

from seawall import native
from seawall.errors import InvalidInput
from seawall.store.log_growth import HASH_SIZE


def record_path(chunk_leaves: bytes, chunk_roots: bytes, record: int) -> list[str]:
    """Return the siblings of a record's leaf up to the root, as `InclusionProof` has them.

    Parameters
    ----------
    chunk_leaves : bytes
        The leaf hashes of the record's chunk.
    chunk_roots : bytes
        Of all chunks.
    record : int
        Counted from 0.

    Raises
    ------
    InvalidInput
        When the leaves are not those of the record's chunk.
    """
    chunk, index = divmod(record, native.LEAVES_PER_CHUNK)
    root = chunk_roots[chunk * HASH_SIZE : (chunk + 1) * HASH_SIZE]
    try:
        path = native.inclusion_path(chunk_leaves, root, index)
    except InvalidInput as error:
        raise InvalidInput(error.message, where=f"chunks[{chunk}]") from error
    for level in _levels(chunk_roots):
        beside = (chunk ^ 1) * HASH_SIZE
        if beside < len(level):  # the last node of a level may have no sibling, and rises
            path.append(level[beside : beside + HASH_SIZE])
        chunk //= 2
    return [digest.hex() for digest in path]


@lru_cache(4)  # one trace seldom comes alone, and each would hash all of them again
def _levels(chunk_roots: bytes) -> list[bytes]:
    """Return the nodes of the Merkle tree over roots of chunks, level by level."""
    levels = [chunk_roots]
    while len(nodes := levels[-1]) > HASH_SIZE:
        pairs = range(0, len(nodes), 2 * HASH_SIZE)
        levels.append(
            b"".join(native.merkle_root(nodes[pair : pair + 2 * HASH_SIZE]) for pair in pairs)
        )
    return levels
