"""A file in which a long simulation keeps what is done, so that it can go on after a stop."""

import os
import struct
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import numpy as np

from seawall.engines.debt.simulation.parts import SimulationPart
from seawall.errors import Conflict

_MAGIC = b"seawall.losses/1"
_HEAD = struct.Struct("<16s32s")  # magic, digest of the inputs
_PART = struct.Struct("<QQ32s")  # first scenario, count, digest of the losses


class Checkpoint:
    """Parts appended one after the other, each durable before the next begins.

    Parameters
    ----------
    path : Path
        Made where it is not there.
    inputs_sha256 : str
        Of the simulation: a file of another one is refused, never overwritten.

    Raises
    ------
    Conflict
        ``checkpoint_differs`` where the file is of another simulation, or no checkpoint.
    """

    def __init__(self, path: Path, inputs_sha256: str) -> None:
        self._path = path
        self._inputs = inputs_sha256
        if not path.exists():
            with path.open("xb") as file:
                _write(file, _HEAD.pack(_MAGIC, bytes.fromhex(inputs_sha256)))
            return
        with path.open("rb") as file:
            head = file.read(_HEAD.size)
        if head != _HEAD.pack(_MAGIC, bytes.fromhex(inputs_sha256)):
            raise Conflict(
                "the file is no checkpoint of this simulation",
                code="checkpoint_differs",
                where=str(path),
            )

    def parts(self) -> list[SimulationPart]:
        """Return what is whole; a last part that was cut short is removed from the file."""
        with self._path.open("r+b") as file:
            file.seek(_HEAD.size)
            found = list(self._read(file))
            file.truncate(_HEAD.size + sum(_PART.size + p.loss_minor.nbytes for p in found))
        return found

    def append(self, part: SimulationPart) -> None:
        """Keep a part; it is durable when this returns."""
        losses = part.loss_minor.astype("<i8").tobytes()
        head = _PART.pack(part.first_scenario, len(part.loss_minor), sha256(losses).digest())
        with self._path.open("ab") as file:
            _write(file, head + losses)

    def _read(self, file: BinaryIO) -> Iterator[SimulationPart]:
        size = os.fstat(file.fileno()).st_size
        while len(head := file.read(_PART.size)) == _PART.size:
            first, count, digest = _PART.unpack(head)
            if 8 * count > size - file.tell():
                return
            losses = file.read(8 * count)
            if sha256(losses).digest() != digest:
                return
            yield SimulationPart(self._inputs, first, np.frombuffer(losses, "<i8").astype(np.int64))


def _write(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()
    os.fsync(file.fileno())
