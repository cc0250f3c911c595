"""A first profile for a tape that nobody has described yet."""

import re
from pathlib import Path

import msgspec

from seawall.cli.output import json_document, line
from seawall.errors import Conflict
from seawall.ingest import Suggestion, built_in_profiles, open_source, suggest_source_profile
from seawall.registry import ENGINES


def suggest_profile_file(
    source: Path, *, format: str | None, currency: str | None, output: Path | None, as_json: bool
) -> None:
    """Write a proposed profile with its evidence, for the user to edit.

    Raises
    ------
    Conflict
        When the file to write is there already: it may hold the user's work.
    """
    name = re.sub(r"[^a-z0-9]+", "_", source.name.split(".")[0].lower()).strip("_")
    name = name if name[:1].isalpha() else f"tape_{name}".rstrip("_")
    target = output or Path(f"{name}.toml")
    if target.exists() and not as_json:
        raise Conflict("the file is there already; choose another --output", where=str(target))
    # The engines' alone: the fields of profiles for currency rates are no columns of a loan tape.
    profiles = built_in_profiles(engine.profiles for engine in ENGINES.values())
    suggestion = suggest_source_profile(
        open_source(source, format=format),
        name=name[:64],
        canonical_fields=[field for profile in profiles.values() for field in profile.fields],
        currency=currency,
    )
    if as_json:
        json_document(
            {
                "profile": msgspec.to_builtins(suggestion.profile),
                "questions": suggestion.questions,
                "sampled_rows": suggestion.sampled_rows,
                "toml": suggestion.toml(),
            }
        )
        return
    target.write_text(suggestion.toml(), encoding="utf-8")
    _show(suggestion, source, target)


def _show(suggestion: Suggestion, source: Path, target: Path) -> None:
    named = [p for p in suggestion.columns if p.column]
    line("sample", f"{suggestion.sampled_rows:,} rows, {len(named)} columns")
    line("profile", f"{target}: every field stands under its evidence")
    for question in suggestion.questions:
        line("decide", question, style="yellow")
    line("next", f"edit it, then: seawall ingest {source} --profile {target} --dry-run")
