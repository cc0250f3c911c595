"""Which canonical field a column may be, by its name."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from seawall.ingest.profile import FieldRules

LEAST_SCORE = 0.75
"""A name that is less alike is no proposal."""

_SHORTEST_ALIKE = 5  # letters; shorter names are alike by chance


class NameMatch(NamedTuple):
    """A column and the field that its name is like."""

    column: int
    field: FieldRules
    score: float  # 1: the same name


def canonical_key(name: str) -> str:
    """Return the form in which keys are compared: letters and digits in lower case, else ``_``."""
    return re.sub("[^A-Za-z0-9]+", "_", name).strip("_").lower()


def spaced_key(name: str) -> str:
    """Return the canonical key with the words of camel case apart: LoanNumber is loan_number."""
    return canonical_key(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name))


def name_matches(columns: Sequence[str], fields: Iterable[FieldRules]) -> list[NameMatch]:
    """Return every likely pair, the best first; the caller takes those that can be read."""
    aliases = [(field, _aliases(field)) for field in fields]
    matches = [
        NameMatch(index, field, max(_score(name, alias) for alias in names))
        for index, name in enumerate(columns)
        for field, names in aliases
    ]
    return sorted((m for m in matches if m.score >= LEAST_SCORE), key=lambda m: -m.score)


def _aliases(field: FieldRules) -> set[str]:
    """Return its own name, its columns, and the last part of a path where that says enough."""
    names = {canonical_key(source) for source in field.sources} | {field.name}
    last = {canonical_key(source.rpartition(".")[2]) for source in field.sources}
    return names | {name for name in last if "_" in name}


def _score(column: str, alias: str) -> float:
    """1 the same; 0.95 the same words; 0.85 all words and others; below, by likeness of letters."""
    spaced = spaced_key(column)
    if alias in (canonical_key(column), spaced):
        return 1.0
    words, wanted = set(spaced.split("_")), set(alias.split("_"))
    if words == wanted:
        return 0.95
    if len(wanted) > 1 and wanted < words:
        return 0.85
    if min(len(spaced), len(alias)) < _SHORTEST_ALIKE:
        return 0.0
    return 0.9 * SequenceMatcher(None, spaced, alias, autojunk=False).ratio()
