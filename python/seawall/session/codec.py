"""How blocks and tables are written to the store: zstd, and Arrow IPC inside it."""

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from seawall.errors import StoreError
from seawall.table import Table

if TYPE_CHECKING:
    import pyarrow

CODEC = "zstd"
_LARGEST_BLOCK_BYTES = 1 << 34  # more than any block that was written: 256 records
_ROWS_PER_PART = 1 << 16  # some megabytes: what is written needs no second copy of the whole
_LEVEL = 1  # 3 times the speed of level 3 on records, for a few per cent of size


def compress(block: bytes) -> bytes:
    """Compress a raw block. Runs without the GIL."""
    compressed: bytes = _codec().compress(block, asbytes=True)
    return compressed


def decompress(payload: bytes, *, size: int, codec: str) -> bytes:
    """Undo `compress`; raises StoreError(store_corrupt) when the payload is damaged."""
    if codec != CODEC:
        raise StoreError(
            f'a block is compressed by "{codec}", which is unknown', code="store_corrupt"
        )
    if not 0 <= size <= _LARGEST_BLOCK_BYTES:
        raise StoreError("a stored block has no possible size", code="store_corrupt")
    try:
        block: bytes = _codec().decompress(payload, decompressed_size=size, asbytes=True)
    except OSError as error:
        raise StoreError("a stored block cannot be decompressed", code="store_corrupt") from error
    return block


def encode_table(table: Table) -> list[bytes]:
    """Write a table as an Arrow IPC stream with compressed buffers, in parts of so many rows."""
    from pyarrow import ipc

    sink = BytesIO()
    parts = []
    arrow = table.to_arrow()
    options = ipc.IpcWriteOptions(compression=_codec())
    with ipc.new_stream(sink, arrow.schema, options=options) as writer:
        for batch in arrow.to_batches(max_chunksize=_ROWS_PER_PART):
            writer.write_batch(batch)
            parts.append(sink.getvalue())
            sink.seek(0)
            sink.truncate()
    end = sink.getvalue()
    return [*parts[:-1], parts[-1] + end] if parts else [end]


def decode_table(payloads: Iterable[bytes]) -> Table:
    """Read a table back from the stream, whole or in pieces."""
    import pyarrow
    from pyarrow import ipc

    try:
        with ipc.open_stream(pyarrow.py_buffer(b"".join(payloads))) as reader:
            table = reader.read_all()
        table.validate(full=True)  # offsets that lie must not reach the core
        return Table(table)
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        raise StoreError("a stored table cannot be read", code="store_corrupt") from error


def _codec() -> "pyarrow.Codec":
    import pyarrow

    return pyarrow.Codec(CODEC, compression_level=_LEVEL)
