"""How a column of texts can be read: the native reader tries each reading and is the judge."""

from typing import TYPE_CHECKING, Any, NamedTuple

from seawall import native
from seawall.ingest.profile import FieldKind, FieldRules, TapeProfile

if TYPE_CHECKING:
    import numpy
    import pyarrow
    from numpy.typing import NDArray

LEAST_SHARE = 0.95
"""What a reading has to read of a column's cells to be proposed."""

MISSING_TEXTS = frozenset(
    (
        *("N/A", "n/a", "NA", "na", "#N/A", "NULL", "Null", "null", "None", "none", "NaN", "nan"),
        *("-", "--", ".", "?"),
    )
)

_SOME_TEXTS = 200  # a reading that reads none of so many is not tried on the others
_NO_LIMIT = {"minimum": -1e100}  # reading is one question, and what may be below 0 another


class Reading(NamedTuple):
    """One way to read a cell."""

    label: str
    kind: FieldKind
    rules: dict[str, Any]  # what its field says beside name and columns


class Judged(NamedTuple):
    """What a reading makes of the distinct texts of a column."""

    reading: Reading
    read: "NDArray[numpy.bool_]"
    values: "NDArray[numpy.float64]"  # numbers, days since 1970, 0 and 1; NaN for other kinds
    share: float  # of the cells, not of the distinct texts


_MARKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("1234.56", {}),
    ("1,234.56", {"thousands_mark": ","}),
    ("1.234,56", {"decimal_mark": ",", "thousands_mark": "."}),
)
_FORMATS = (
    *("%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%m-%d-%Y", "%d-%m-%Y", "%Y/%m/%d"),
    *("%d-%b-%Y", "%d-%b-%y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d %B %Y", "%B %d, %Y"),
)
_TRUTHS = (("Y", "N"), ("Yes", "No"), ("True", "False"), ("T", "F"), ("1", "0"))


def _date(format: str) -> Reading:
    pivot = {"two_digit_year_pivot": 69} if "%y" in format else {}
    return Reading(f"date {format}", "date", {"formats": [format], **pivot})


def _truth(yes: str, no: str) -> Reading:
    codes = [sorted({word, word.lower(), word.upper()}) for word in (yes, no)]
    rules = {"true_codes": codes[0], "false_codes": codes[1]}
    return Reading(f"boolean {yes}/{no}", "boolean", rules)


READINGS = (
    *(Reading(f"number {label}", "number", marks) for label, marks in _MARKS),
    *(_date(text) for text in _FORMATS),
    *(_truth(yes, no) for yes, no in _TRUTHS),
    Reading("currency", "currency", {}),
)
PERCENTS = tuple(
    Reading(f"percent {label}", "rate", {"unit": "percent", **_NO_LIMIT, **marks})
    for label, marks in _MARKS
)
"""Tried where a cell has a percent sign."""

UNDELIMITED_DATES = (_date("%Y%m%d"),)
"""Readings that take many a plain number for a day: tried where the column's name says date."""


def judge(
    texts: "pyarrow.Array", counts: "NDArray[numpy.int64]", readings: tuple[Reading, ...]
) -> list[Judged]:
    """Try readings on the distinct texts of a column, which stand in so many cells each."""
    if len(texts) > _SOME_TEXTS:
        import numpy

        some = numpy.linspace(0, len(texts) - 1, _SOME_TEXTS).astype(numpy.int64)
        first = _tried(texts.take(some), counts[some], readings)
        readings = tuple(judged.reading for judged in first if judged.share > 0)
    return _tried(texts, counts, readings)


def _tried(
    texts: "pyarrow.Array", counts: "NDArray[numpy.int64]", readings: tuple[Reading, ...]
) -> list[Judged]:
    import numpy
    import pyarrow

    if not len(texts):
        nothing = numpy.array([], dtype=numpy.float64)
        return [Judged(reading, nothing.astype(bool), nothing, 0.0) for reading in readings]
    fields = [
        FieldRules(name=f"reading_{index}", kind=reading.kind, sources=["cell"], **reading.rules)
        for index, reading in enumerate(readings)
    ]
    rows = pyarrow.array([str(row) for row in range(len(texts))], pyarrow.string())
    sample = pyarrow.table({"row": rows, "cell": texts})
    records = pyarrow.table(read_sample(sample, judging_profile(fields)).records)
    result = []
    for field, reading in zip(fields, readings, strict=True):
        column = records[field.name]
        values = numpy.full(len(texts), numpy.nan)
        if reading.kind in ("number", "rate"):
            values = column.to_numpy().astype(numpy.float64)
        elif reading.kind == "boolean":
            values = column.cast(pyarrow.float64()).to_numpy()
        elif reading.kind == "date":
            days = column.cast(pyarrow.int32()).to_numpy().astype(numpy.float64)
            values = numpy.where(_plausible(days), days, numpy.nan)
            column = pyarrow.array(values, from_pandas=True)
        read = column.is_valid().to_numpy(zero_copy_only=False)
        share = float(counts[read].sum() / counts.sum())
        result.append(Judged(reading, numpy.asarray(read), values, share))
    return result


LAST_DAY = 2932896.0
"""9999-12-31 in days since 1970: no day of any loan."""


def _plausible(days: "NDArray[numpy.float64]") -> "NDArray[numpy.bool_]":
    """Tell the years 1900 to 2199, or the last day there is, from numbers that look like days."""
    plausible: NDArray[numpy.bool_] = ((days >= -25567) & (days < 84006)) | (days == LAST_DAY)
    return plausible


def judging_profile(fields: list[FieldRules]) -> TapeProfile:
    """Return a profile of a table whose column ``row`` is its key."""
    key = FieldRules(name="source_record_id", kind="text", sources=["row"])
    currency = FieldRules(name="currency", kind="currency", default="EUR")
    return TapeProfile(name="judged", source_system="sample", fields=[key, currency, *fields])


def read_sample(sample: "pyarrow.Table", profile: TapeProfile) -> native.IngestedSource:
    """Read a table of texts that no file stands behind."""
    reading = native.TapeIngest(profile.canonical(), table_rows=True)
    reading.add_rows(
        sample,
        first_row=1,
        ragged=[],
        file_sha256="0" * 64,
        multiline=True,
        unique_columns=True,
    )
    return reading.finish()


def rivals(judged: list[Judged], chosen: Judged, counts: "NDArray[numpy.int64]") -> list[Judged]:
    """Return readings that read as good as every cell that the chosen one reads, some otherwise.

    The text 03/04/2021 is two days, and 1,234 two numbers.
    """
    cells = counts[chosen.read].sum()
    return [
        other
        for other in judged
        if other is not chosen
        and other.reading.kind == chosen.reading.kind
        and counts[other.read & chosen.read].sum() >= LEAST_SHARE * cells
        and differ(other, chosen)
    ]


def differ(one: Judged, other: Judged) -> bool:
    """Whether a text that both read has two values."""
    return bool(((one.values != other.values) & one.read & other.read).any())
