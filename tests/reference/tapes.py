"""The real tapes of the acceptance cases, and exact sums over what is read of them."""

import math
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.compute as pc
import pytest

from seawall.ingest import IngestedTape
from seawall.session import Session
from seawall.session.dataset import DatasetSummary
from seawall.session.writing import summarise

DATA = Path(__file__).parents[3] / "shared" / "data"
PROFILES = Path(__file__).parent / "profiles"


def tape(name: str) -> Path:
    """The path of a real tape; skips the test where it is not at hand."""
    path = DATA / name
    if not path.is_file():
        message = f"no reference data: {path} is not there"
        if os.environ.get("SEAWALL_NO_SKIPS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return path


class Read:
    """The normalised columns, the rejects and the counts of one tape."""

    def __init__(self, name: str, *, profile: str) -> None:
        path = tape(name)
        with Session(Path("never-written.db")) as session:
            self.tape: IngestedTape = session.read(path, profile=profile)
        self.summary: DatasetSummary = summarise(self.tape)
        self.records: pyarrow.Table = self.tape.records.to_arrow()
        self.rejects: pyarrow.Table = self.tape.rejects.to_arrow()

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, name: str) -> pyarrow.ChunkedArray:
        return self.records[name]

    def count(self, condition: Any) -> int:
        return pc.sum(pc.fill_null(condition, False)).as_py() or 0

    def counts(self, name: str) -> dict[Any, int]:
        return {e["values"]: e["counts"] for e in self[name].value_counts().to_pylist()}

    def total(self, name: str) -> Decimal:
        """The sum of what the tape writes: a double's shortest text has the tape's digits."""
        return sum((Decimal(repr(v)) for v in self[name].drop_null().to_pylist()), Decimal(0))

    def totals(self, name: str, by: Any) -> dict[Any, Decimal]:
        """Sums by the keys of a list or column as long as the records."""
        result: dict[Any, Decimal] = {}
        for key, value in zip(by, self[name].to_pylist(), strict=True):
            result[key] = result.get(key, Decimal(0)) + Decimal(repr(value))
        return result

    def weighted_mean(self, name: str, *, weight: str) -> float:
        weights, values = self[weight].to_pylist(), self[name].to_pylist()
        products = [w * v for w, v in zip(weights, values, strict=True)]
        return math.fsum(products) / math.fsum(weights)

    def refusals(self, part: str = "cell") -> list[tuple[str, str, str]]:
        """Field, value and rule of what was refused."""
        own = self.rejects.filter(pc.equal(self.rejects["refused"], part)).to_pylist()
        return [(row["field"], row["value"], row["rule"]) for row in own]
