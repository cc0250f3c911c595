"""Raw blocks on their way to the store: compressed while the next records are read."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from os import cpu_count
from typing import Self

from seawall import native
from seawall.session.codec import CODEC, compress
from seawall.store.types import RawChunk

_BLOCKS_PER_TASK = 16


class RawChunks:
    """Compresses blocks as they are completed; holds one call's blocks uncompressed at most.

    Parameters
    ----------
    threads : int
        For compressing, without the GIL; 0 for all cores. Where it bounds the work, blocks are
        not compressed beside the reading of records.
    """

    def __init__(self, *, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads or cpu_count() or 1)
        self._beside = threads == 0
        self._chunks: list[RawChunk] = []
        self._begun: list[Future[list[tuple[int, int, bytes]]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def add(self, blocks: Sequence[bytes]) -> None:
        """Take the next raw blocks."""
        self._collect()
        for begin in range(0, len(blocks), _BLOCKS_PER_TASK):
            part = blocks[begin : begin + _BLOCKS_PER_TASK]
            self._begun.append(self._pool.submit(_compress, part))
        if not self._beside:
            self._collect()

    def finish(self) -> list[RawChunk]:
        """Return the rows of all blocks."""
        self._collect()
        return self._chunks

    def _collect(self) -> None:
        for part in self._begun:
            for record_count, size, payload in part.result():
                index = len(self._chunks)
                self._chunks.append(
                    RawChunk(
                        chunk_index=index,
                        first_record=index * native.LEAVES_PER_CHUNK,
                        record_count=record_count,
                        payload=payload,
                        codec=CODEC,
                        payload_size=size,
                    )
                )
        self._begun = []


def _compress(blocks: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
    return [(int.from_bytes(block[:4], "little"), len(block), compress(block)) for block in blocks]
