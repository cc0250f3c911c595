"""The field that is proposed for a column, and the question where the cells do not decide."""

from datetime import date, timedelta

import msgspec

from seawall.ingest.column_meaning import Meaning, says_date
from seawall.ingest.field_names import NameMatch
from seawall.ingest.profile import FieldKind, FieldRules

READ_BY: dict[FieldKind, tuple[str, ...]] = {
    "amount": ("integer", "number"),
    "number": ("integer", "number"),
    "rate": ("integer", "number", "percent"),
    "integer": ("integer",),
    "date": ("date",),
    "boolean": ("boolean",),
    "currency": ("currency",),
    "code": ("code",),
    "text": ("text", "code", "integer", "number", "date", "boolean", "currency", "percent"),
}
"""Which columns a canonical field of a kind can be read from."""

_KINDS: dict[str, FieldKind] = {
    "empty": "text",
    "text": "text",
    "code": "code",
    "integer": "integer",
    "number": "number",
    "percent": "rate",
    "date": "date",
    "boolean": "boolean",
    "currency": "currency",
}
_SAS_EPOCH = date(1960, 1, 1)
_LAST_SAS_DAY = 87658  # 2199-12-31
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_NO_CURRENCY = "XXX"  # of ISO 4217; no tape may hold it, so every record is refused


class ColumnProposal(msgspec.Struct, frozen=True):
    """How one column is to be read, why, and what only a person can tell."""

    column: str  # empty for a field that no column holds
    field: FieldRules
    evidence: list[str]
    question: str = ""
    alternatives: list[FieldRules] = []  # among which the question asks to choose


def propose(
    column: str, meaning: Meaning, match: NameMatch | None, own_name: str
) -> ColumnProposal:
    """Propose a field for a column: the one that its name is like, or one of its own name."""
    evidence = [*meaning.evidence]
    if match is not None and match.score:
        evidence.append(f"the name is like {match.field.name}: {match.score:.2f} of 1")
    source = column.replace(".", "_")  # a dot would lead into a record
    field = FieldRules(
        name=match.field.name if match else own_name,
        kind=match.field.kind if match else _KINDS[meaning.family],
        sources=[source],
    )
    sentinels = meaning.rules.get("sentinels", [])
    if field.kind == "text":
        field = msgspec.structs.replace(field, sentinels=sentinels)
        question = _key_question(meaning, match) if field.name == "source_record_id" else ""
        return ColumnProposal(column, field, evidence, question)
    if meaning.choices:
        plain = FieldRules(name=own_name, kind="text", sources=[source], sentinels=sentinels)
        return _open_reading(column, meaning, field, plain, evidence)
    if field.kind == "integer" and says_date(column):
        return _day_numbers(column, meaning, field, evidence)
    if field.kind == "rate" and meaning.family != "percent":
        return _open_unit(column, meaning, field, own_name, evidence)
    rules = dict(meaning.rules)
    if field.kind == "code":
        names = match.field.codes if match else {}
        rules["codes"] = {text: names.get(text, text) for text in meaning.texts}
    return ColumnProposal(column, _with_rules(field, rules), evidence)


def constant_currency(currency: str | None) -> ColumnProposal:
    """Propose a currency that no column names."""
    field = FieldRules(name="currency", kind="currency", default=currency or _NO_CURRENCY)
    if currency is not None:
        return ColumnProposal("", field, ["given, not read"])
    question = f"the tape names no currency: put its code for {_NO_CURRENCY}. Until then every "
    return ColumnProposal("", field, [], question + "record is refused.")


def _with_rules(field: FieldRules, rules: dict[str, object]) -> FieldRules:
    return msgspec.structs.replace(field, **rules)


def _key_question(meaning: Meaning, match: NameMatch | None) -> str:
    if meaning.distinct < meaning.cells:
        return (
            "is it the key? Cells are alike, and a record that repeats a key is refused. "
            'Without this field, key = "row" at the top numbers the rows.'
        )
    if match is None or not match.score:
        return "is it the key? No two cells are alike, but its name does not say so."
    return ""


def _open_reading(
    column: str, meaning: Meaning, field: FieldRules, plain: FieldRules, evidence: list[str]
) -> ColumnProposal:
    """Carry the text where two readings make different values of it."""
    kind = "number" if field.kind in ("rate", "integer") else field.kind
    open_formats = {f for choice in meaning.choices for f in choice.rules.get("formats", [])}
    sure_formats = [f for f in meaning.rules.get("formats", []) if f not in open_formats]
    alternatives = []
    for choice in meaning.choices:
        rules = {**meaning.rules, **choice.rules}
        if "formats" in rules:
            rules["formats"] = [*choice.rules["formats"], *sure_formats]
        alternatives.append(_with_rules(msgspec.structs.replace(field, kind=kind), rules))
    labels = " or ".join(choice.label for choice in meaning.choices)
    question = f'{labels}? The cells, such as "{meaning.example}", can be read either way.'
    return ColumnProposal(column, plain, evidence, question, alternatives)


def _open_unit(
    column: str, meaning: Meaning, field: FieldRules, own_name: str, evidence: list[str]
) -> ColumnProposal:
    """Take a rate for percent where most of it is above 1; below, ask: 0.5 may be either."""
    values = meaning.values
    span = f"from {values.min():g} to {values.max():g}" if len(values) else "all missing"
    percent = _with_rules(field, {**meaning.rules, "unit": "percent"})
    if len(values) and (abs(values) > 1).mean() > 0.5:
        told = f"{span}, most above 1: as fractions they would be above 100 percent"
        return ColumnProposal(column, percent, [*evidence, told])
    fraction = _with_rules(field, {**meaning.rules, "unit": "fraction"})
    plain = _with_rules(field, {**meaning.rules, "name": own_name, "kind": "number"})
    question = f"a rate in percent or a fraction? The cells are {span}."
    return ColumnProposal(column, plain, evidence, question, [percent, fraction])


def _day_numbers(
    column: str, meaning: Meaning, field: FieldRules, evidence: list[str]
) -> ColumnProposal:
    """Ask whether whole numbers in a column of that name are days; years are none."""
    whole = _with_rules(field, meaning.rules)
    values = [float(value) for value in meaning.values]
    years = all(_FIRST_YEAR <= value <= _LAST_YEAR for value in values)
    if years or min(values) < 0 or max(values) > _LAST_SAS_DAY:
        return ColumnProposal(column, whole, evidence)
    first, last = (_SAS_EPOCH + timedelta(value) for value in (min(values), max(values)))
    question = f"are these days since {_SAS_EPOCH}, as SAS writes dates, from {first} to {last}?"
    days = _with_rules(field, {**meaning.rules, "kind": "date", "formats": ["sas_days"]})
    return ColumnProposal(column, whole, evidence, question, [days])
