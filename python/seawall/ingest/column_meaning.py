"""What a column of texts seems to hold, with the evidence for it."""

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from seawall.ingest.column_readings import (
    LAST_DAY,
    LEAST_SHARE,
    MISSING_TEXTS,
    PERCENTS,
    READINGS,
    UNDELIMITED_DATES,
    Judged,
    Reading,
    differ,
    judge,
    rivals,
)

if TYPE_CHECKING:
    import numpy
    import pyarrow
    from numpy.typing import NDArray

Family = Literal[
    "empty", "date", "currency", "boolean", "integer", "number", "percent", "code", "text"
]

MOST_CODES = 16
"""Distinct texts that a column of codes may have."""

_MISSING_AMONG_TEXTS = frozenset(["N/A", "n/a", "#N/A", "NULL", "null"])  # "NA" is Namibia
_NINES = re.compile(r"9{2,}(\.9+)?|9\.9+")
_LARGEST_EXACT = 2**53  # above it a float64 skips whole numbers
_FIRST_1900 = -25567.0  # 1900-01-01 in days since 1970


class Meaning(NamedTuple):
    """What a column seems to hold."""

    family: Family
    rules: dict[str, Any]  # of a field, beside name, kind and columns
    cells: int  # that are not blank
    distinct: int
    evidence: list[str]
    texts: list[str]  # the distinct ones of a code
    choices: list[Reading]  # more than one where the cells leave open which is right
    values: "NDArray[numpy.float64]"  # the distinct numbers, without those taken as missing
    example: str = ""


class _Texts(NamedTuple):
    """The distinct texts of a column, and in how many cells each stands."""

    texts: "pyarrow.Array"
    counts: "NDArray[numpy.int64]"


def meaning_of(name: str, column: "pyarrow.ChunkedArray") -> Meaning:
    """Find out what a column holds: days, numbers, truths, currencies, codes or plain text."""
    import numpy

    every = _distinct(column)
    nothing = numpy.array([], dtype=numpy.float64)
    cells = int(every.counts.sum())
    if not cells:
        return Meaning("empty", {}, 0, 0, ["every cell is blank"], [], [], nothing)
    listed = every.texts.to_pylist()
    missing = numpy.array([text in MISSING_TEXTS for text in listed])
    present = _Texts(every.texts.filter(~missing), every.counts[~missing])
    said = [f"{cells:,} of {len(column):,} cells are not blank, {len(listed):,} distinct"]
    found = Meaning("text", {}, cells, len(listed), said, [], [], nothing, str(listed[0]))
    judged = judge(*present, _readings(name, listed))
    found.evidence.extend(_shares(judged))
    absent = {text: int(n) for text, n in zip(listed, every.counts, strict=True)}
    chosen = _chosen(judged, present.counts)
    if chosen and not _must_stay_text(chosen[0], present, found.evidence):
        found = _read_by(chosen, judged, present, found)
        return _with_missing(found, {t: n for t, n in absent.items() if t in MISSING_TEXTS})
    found = _with_missing(found, {t: n for t, n in absent.items() if t in _MISSING_AMONG_TEXTS})
    found.evidence.extend(_nines_among_texts(absent))
    kept = [text for text in listed if text not in found.rules.get("sentinels", [])]
    if 0 < len(kept) <= MOST_CODES and cells >= 10 * len(listed):
        counted = sorted(kept, key=lambda text: -absent[text])
        found.evidence.append("; ".join(f'"{text}" {absent[text]:,}' for text in counted))
        return found._replace(family="code", texts=sorted(kept))
    return found


def _distinct(column: "pyarrow.ChunkedArray") -> _Texts:
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim(column, characters=" \t\r\n\f\v")  # what the reader trims
    counted = trimmed.drop_null().value_counts()
    texts, counts = counted.field("values"), counted.field("counts")
    filled = pc.not_equal(texts, "")
    return _Texts(texts.filter(filled), counts.filter(filled).to_numpy())


def _readings(name: str, texts: list[str]) -> tuple[Reading, ...]:
    readings = READINGS
    if any("%" in text for text in texts):
        readings += PERCENTS
    if says_date(name) and all(len(text) == 8 for text in texts):
        readings = UNDELIMITED_DATES + readings
    return readings


def says_date(name: str) -> bool:
    """Tell a column whose name speaks of a date: its numbers may be days."""
    return re.search(r"date|dt$", name.lower()) is not None


def _shares(judged: list[Judged]) -> list[str]:
    """Tell what each reading reads, the largest shares first; one of several that read the same."""
    told: list[Judged] = []
    for one in sorted(judged, key=lambda j: -j.share):
        best = told[0] if told else one
        same = [j for j in told if j.reading.kind == one.reading.kind]
        beside = one.share >= LEAST_SHARE or best.share < LEAST_SHARE or bool(same)
        repeats = any(not (one.read & ~j.read).any() and not differ(one, j) for j in same)
        if one.share > 0 and beside and not repeats:
            told.append(one)
    parts = [f"{j.reading.label} {_percent(j.share)}" for j in told]
    return ["readable as " + ", ".join(parts)] if parts else []


def _percent(share: float) -> str:
    """Write a share; only a whole one is 100 %."""
    return "100 %" if share == 1 else f"{min(share * 100, 99.99):.2f} %"


def _chosen(judged: list[Judged], counts: "NDArray[numpy.int64]") -> list[Judged]:
    """Return the readings that read enough together; several only for the formats of a date."""
    dates = _compatible([j for j in judged if j.reading.kind == "date"])
    total = counts.sum()
    if dates:
        together = dates[0].read.copy()
        for date in dates[1:]:
            together |= date.read
        if counts[together].sum() >= LEAST_SHARE * total:
            return dates
    # A column of 0 and 1 is as well numbers as truths: numbers lose nothing.
    for kind in ("currency", "number", "boolean", "rate"):
        of_kind = [j for j in judged if j.reading.kind == kind and j.share >= LEAST_SHARE]
        if of_kind:
            return [max(of_kind, key=lambda j: j.share)]
    return []


def _compatible(dates: list[Judged]) -> list[Judged]:
    """Return the format that reads most, and others that read further cells and none otherwise."""
    chosen: list[Judged] = []
    for date in sorted(dates, key=lambda j: -j.share):
        further = date.read.copy()
        for other in chosen:
            further &= ~other.read
        if further.any() and not any(differ(date, other) for other in chosen):
            chosen.append(date)
    return chosen


def _must_stay_text(chosen: Judged, present: _Texts, evidence: list[str]) -> bool:
    if chosen.reading.kind != "number":
        return False
    texts = present.texts.to_pylist()
    if any(re.match(r"[+-]?0\d", text) for text in texts):
        evidence.append("leading zeros, which a number would lose: kept as text")
        return True
    largest = abs(chosen.values[chosen.read]).max()
    if largest >= _LARGEST_EXACT and all(text.isdigit() for text in texts):
        evidence.append("more digits than a number holds exactly: kept as text")
        return True
    return False


def _read_by(
    chosen: list[Judged], judged: list[Judged], present: _Texts, found: Meaning
) -> Meaning:
    import numpy

    kind = chosen[0].reading.kind
    choices: list[Reading] = []
    for one in chosen:
        others = rivals(judged, one, present.counts)
        for choice in [one.reading, *(other.reading for other in others)] if others else []:
            if choice not in choices:
                choices.append(choice)
    if kind == "date":
        rules = dict(chosen[0].reading.rules)
        for other in chosen[1:]:
            rules = {**rules, **other.reading.rules, "formats": [*rules["formats"]]}
            rules["formats"] += other.reading.rules["formats"]
        if "two_digit_year_pivot" in rules:
            found.evidence.append("two-digit years below 69 are read as 20yy: check")
        rules |= _last_days(chosen, present, found.evidence)
        return found._replace(family="date", rules=rules, choices=choices)
    (one,) = chosen
    if kind == "number":
        rules = {**one.reading.rules, **_placeholders(one, present, found.evidence)}
        absent = numpy.isin(present.texts.to_pylist(), rules.get("sentinels", []))
        values = one.values[one.read & ~absent]
        point = one.reading.rules.get("decimal_mark", ".")
        whole = (values % 1 == 0).all() and not any(point in t for t in present.texts.to_pylist())
        return found._replace(
            family="integer" if whole else "number", rules=rules, choices=choices, values=values
        )
    family: Family = (
        "percent" if kind == "rate" else "currency" if kind == "currency" else "boolean"
    )
    rules = {name: value for name, value in one.reading.rules.items() if name != "minimum"}
    return found._replace(family=family, rules=rules, choices=choices)


def _last_days(chosen: list[Judged], present: _Texts, evidence: list[str]) -> dict[str, Any]:
    """Declare 9999-12-31 as missing, and tell of 1900-01-01."""
    sentinels = []
    for one in chosen:
        for text, count, day in zip(
            present.texts.to_pylist(), present.counts, one.values, strict=True
        ):
            if day == LAST_DAY:
                sentinels.append(text)
                evidence.append(f'"{text}" in {count:,} cells is taken as missing')
            elif day == _FIRST_1900 and count > 1:
                evidence.append(f'"{text}" in {count:,} cells: does it mean missing?')
    return {"sentinels": sentinels} if sentinels else {}


def _placeholders(one: Judged, present: _Texts, evidence: list[str]) -> dict[str, Any]:
    """Declare long rows of nines far above all else as missing; tell of nines, zeros and ones."""
    sentinels = []
    texts = present.texts.to_pylist()
    nines = [bool(_NINES.fullmatch(text)) for text in texts]
    others = [v for v, nine, ok in zip(one.values, nines, one.read, strict=True) if ok and not nine]
    largest = max(others, default=0.0)
    above_one = min((v for v in others if v > 1), default=0.0)
    for text, count, value, nine in zip(texts, present.counts, one.values, nines, strict=True):
        if nine and count > 1 and value >= 2 * largest and re.fullmatch(r"9{4,}", text):
            sentinels.append(text)
            evidence.append(f'"{text}" in {count:,} cells is taken as missing')
        elif (nine and count > 1 and value > largest) or value == 0:
            evidence.append(f'"{text}" in {count:,} cells: does it mean missing?')
        elif value == 1 and count > 1 and above_one >= 100 and min(others) == 1:
            evidence.append(f'"{text}" in {count:,} cells, the next is {above_one:g}: missing?')
    return {"sentinels": sentinels} if sentinels else {}


def _nines_among_texts(counts: dict[str, int]) -> list[str]:
    return [
        f'"{text}" in {count:,} cells: does it mean missing?'
        for text, count in counts.items()
        if count > 1 and re.fullmatch(r"9{4,}", text)
    ]


def _with_missing(found: Meaning, missing: dict[str, int]) -> Meaning:
    """Declare texts such as N/A as missing."""
    if not missing:
        return found
    found.evidence.extend(
        f'"{text}" in {count:,} cells is taken as missing' for text, count in missing.items()
    )
    sentinels = [*found.rules.get("sentinels", []), *missing]
    return found._replace(rules={**found.rules, "sentinels": sentinels})
