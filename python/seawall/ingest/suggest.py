"""A profile proposed for a tape that was never seen, with the evidence for each column."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from seawall.errors import InvalidInput, LimitExceeded
from seawall.ingest.column_meaning import Meaning, meaning_of
from seawall.ingest.column_proposal import READ_BY, ColumnProposal, constant_currency, propose
from seawall.ingest.column_readings import read_sample
from seawall.ingest.field_names import NameMatch, name_matches, spaced_key
from seawall.ingest.profile import FieldRules, TapeProfile, parse_profile
from seawall.ingest.profile_text import comment_text, field_text, toml_value
from seawall.table import Table

if TYPE_CHECKING:
    import pyarrow

    from seawall.ingest.text_rows import TextRows

SAMPLE_ROWS = 20_000
"""The first rows of a tape, on which a proposal rests."""

MOST_COLUMNS = 500
"""A profile holds 512 fields."""

_TABLE_COLUMNS = {"record", "source_row", "element", "rules_applied"}  # no field may be named so


class Suggestion(msgspec.Struct, frozen=True):
    """A proposed profile; the text of its file is `toml`."""

    profile: TapeProfile
    columns: list[ColumnProposal]
    sampled_rows: int

    @property
    def questions(self) -> list[str]:
        """What a person has to decide, column by column."""
        return [f"{p.column or p.field.name}: {p.question}" for p in self.columns if p.question]

    def toml(self) -> str:
        """Return the profile's file: valid as it stands, every field under its evidence."""
        head = [
            f"Proposed from the first {self.sampled_rows:,} rows. Refusals are counted on these.",
            "Lines with CHECK ask what the cells cannot tell.",
        ]
        sections = ["".join(comment_text(line) + "\n" for line in head) + self._settings()]
        for proposal in self.columns:
            lines = [proposal.column or "no column", *proposal.evidence]
            if proposal.question:
                lines.append(f"CHECK: {proposal.question}")
            text = "".join(comment_text(line) + "\n" for line in lines)
            text += field_text(proposal.field)
            sections.append(text)
            sections += [field_text(field, commented=True) for field in proposal.alternatives]
        return "\n".join(sections)

    def _settings(self) -> str:
        settings = msgspec.to_builtins(self.profile)
        del settings["fields"]
        return "".join(f"{name} = {toml_value(value)}\n" for name, value in settings.items())


def suggest_profile(
    rows: "Iterable[TextRows] | pyarrow.Table",
    *,
    name: str,
    canonical_fields: Iterable[FieldRules],
    currency: str | None = None,
    layout: TapeProfile | None = None,
) -> Suggestion:
    """Propose a profile from the cells of a tape.

    Parameters
    ----------
    rows : iterable of TextRows, or pyarrow.Table
        Columns of texts. No more than `SAMPLE_ROWS` rows are taken.
    name : str
        Of the profile: small letters, digits and ``_``.
    canonical_fields : iterable of FieldRules
        Fields that engines read, such as those of the built-in profiles; columns with a like name
        are proposed for them.
    currency : str, optional
        Of all money, where the tape has no column for it.
    layout : TapeProfile, optional
        With the delimiter or record element that the rows were read by.

    Returns
    -------
    Suggestion
        Where the cells leave open which of two readings is right (days and months that may be
        swapped, a rate that may be a fraction), the column is carried as text, and both are given
        as comments.

    Raises
    ------
    InvalidInput
        ``records_required`` when there is no row.
    LimitExceeded
        When there are more columns than a profile may have fields.
    SourceUnreadable
        When two columns have one name in canonical form: no profile could tell them apart.
    InvalidProfile
        When the name is none for a profile.
    """
    sample = _sample(rows)
    if len(sample) == 0:
        raise InvalidInput("there is no record", where="records", code="records_required")
    columns = sample.column_names
    if len(columns) > MOST_COLUMNS:
        raise LimitExceeded(f"{len(columns)} columns; {MOST_COLUMNS} can be proposed", where=name)
    meanings = [meaning_of(column, sample[column]) for column in columns]
    matches = _assigned(name_matches(columns, _merged(canonical_fields)), meanings)
    if "source_record_id" not in {match.field.name for match in matches.values()}:
        matches |= _key(meanings, matches)
    proposals = list(_proposals(columns, meanings, matches))
    if "currency" not in {proposal.field.name for proposal in proposals}:
        proposals.insert(0, constant_currency(currency))
    profile = msgspec.structs.replace(
        layout or TapeProfile(name=name, fields=[]),
        name=name,
        source_system=name,
        fields=[p.field for p in proposals],
    )
    draft = Suggestion(profile, _with_refusals(proposals, sample, profile), len(sample))
    return msgspec.structs.replace(
        draft, profile=parse_profile(draft.toml().encode(), where=f"{name}.toml")
    )


def _sample(rows: "Iterable[TextRows] | pyarrow.Table") -> "pyarrow.Table":
    import pyarrow

    if isinstance(rows, pyarrow.Table):
        return rows.slice(0, SAMPLE_ROWS)
    parts: list[Any] = []
    taken = 0
    for run in rows:
        parts.append(pyarrow.Table.from_batches([run.columns]).slice(0, SAMPLE_ROWS - taken))
        taken += len(parts[-1])
        if taken == SAMPLE_ROWS:
            break
    return pyarrow.concat_tables(parts, promote_options="default") if parts else pyarrow.table({})


def _merged(fields: Iterable[FieldRules]) -> list[FieldRules]:
    """Return one field a name, with the columns of all."""
    merged: dict[str, FieldRules] = {}
    for field in fields:
        known = merged.get(field.name, field)
        sources = list(dict.fromkeys([*known.sources, *field.sources]))
        merged[field.name] = msgspec.structs.replace(known, sources=sources)
    return list(merged.values())


def _assigned(matches: list[NameMatch], meanings: list[Meaning]) -> dict[int, NameMatch]:
    """Give each column and each field one partner, the most alike first."""
    assigned: dict[int, NameMatch] = {}
    taken: set[str] = set()
    for match in matches:
        readable = meanings[match.column].family in READ_BY[match.field.kind]
        if readable and match.column not in assigned and match.field.name not in taken:
            assigned[match.column] = match
            taken.add(match.field.name)
    return assigned


def _key(meanings: list[Meaning], matches: dict[int, NameMatch]) -> dict[int, NameMatch]:
    """Take the column with the most distinct cells for the key."""
    free = [index for index in range(len(meanings)) if index not in matches]
    if not free:
        raise InvalidInput("no column is left for the records' key", where="source_record_id")
    column = max(free, key=lambda index: meanings[index].distinct)
    return {column: NameMatch(column, FieldRules(name="source_record_id", kind="text"), 0.0)}


def _proposals(
    columns: list[str], meanings: list[Meaning], matches: dict[int, NameMatch]
) -> Iterator[ColumnProposal]:
    used = {match.field.name for match in matches.values()} | _TABLE_COLUMNS
    used |= {"currency", "source_system"}
    for index, (column, meaning) in enumerate(zip(columns, meanings, strict=True)):
        match = matches.get(index)
        own_name = _free_name(spaced_key(column) or f"column_{index + 1}", used)
        used.add(own_name)
        yield propose(column, meaning, match, own_name)


def _free_name(name: str, used: set[str]) -> str:
    free, number = name, 2
    while free in used:
        free, number = f"{name}_{number}", number + 1
    return free


def _with_refusals(
    proposals: list[ColumnProposal], sample: "pyarrow.Table", profile: TapeProfile
) -> list[ColumnProposal]:
    """Read the sample as proposed, and tell what would be refused."""
    # Any currency will do: where none is known the proposal refuses every record.
    fields = [
        msgspec.structs.replace(f, default="EUR") if f.name == "currency" and f.default else f
        for f in profile.fields
    ]
    trial = read_sample(sample, msgspec.structs.replace(profile, fields=fields))
    refused: dict[str, list[dict[str, Any]]] = {}
    for reject in Table(trial.rejects()).rows():
        refused.setdefault(reject["field"], []).append(reject)
    return [_with_refusal(proposal, refused.get(proposal.field.name, [])) for proposal in proposals]


def _with_refusal(proposal: ColumnProposal, rejects: list[dict[str, Any]]) -> ColumnProposal:
    if not rejects:
        return proposal
    first = rejects[0]
    parts = f"{len(rejects):,} {first['refused']}{'s' if len(rejects) > 1 else ''}"
    told = f"refuses {parts}, the first: {first['reason']}"
    return msgspec.structs.replace(proposal, evidence=[*proposal.evidence, told])
