"""Tape profiles: what the columns of a tape mean, declared in a file that a user can write."""

import importlib.resources
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from seawall import native
from seawall.errors import InvalidProfile, NotFound
from seawall.provenance import canonical_json

FieldKind = Literal[
    "text", "amount", "rate", "number", "integer", "date", "boolean", "code", "currency"
]


class FieldRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How one canonical field is read."""

    name: str
    kind: FieldKind
    sources: list[str] = msgspec.field(name="from", default_factory=list)  # first present counts
    required: bool = False  # an absent or refused cell refuses its record or element
    sentinels: list[str] = []  # texts that mean "missing"; of a number, by its value
    default: str | None = None  # what an absent cell is read as
    minimum: float | None = None
    maximum: float | None = None
    minimum_exclusive: bool = False
    unit: Literal["percent", "fraction"] | None = None  # of a rate; never guessed
    decimal_mark: str | None = None
    thousands_mark: str | None = None
    formats: list[str] = []  # of a date: %Y %y %m %d %b %B, or "sas_days"
    two_digit_year_pivot: int | None = None  # years below are 20yy, the others 19yy
    true_codes: list[str] = []
    false_codes: list[str] = []
    codes: dict[str, str] = {}  # raw code to canonical name
    width: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0  # of a zero-padded code


class ListRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A list inside a record, such as its instruments."""

    name: str
    sources: list[str] = msgspec.field(name="from")  # the first that is non-empty counts
    fields: list[FieldRules]
    replaces: list[str] = []  # record fields that a non-empty list makes absent


XmlName = Annotated[str, msgspec.Meta(pattern=r"^([^\s/@:\[\]]+)?$")]
XmlPath = Annotated[str, msgspec.Meta(pattern=r"^(/[^\s/@:\[\]]+)+$")]


class TapeProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a tape means."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,63}$")]
    fields: list[FieldRules]
    description: str = ""
    source_system: str = ""  # where the tape has no column for it
    key: Literal["row"] | None = None  # the record's row, where the tape has no key
    wrapper: list[str] = []  # keys whose object counts as the record itself
    only_with: list[str] = []  # a record without any of these paths is set aside
    record_element: XmlName = ""  # XML: local name of the element that is one record
    context: list[
        XmlPath
    ] = []  # XML: elements before the records that each record gets a column of
    delimiter: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = ","
    quote: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = '"'
    encoding: str = "utf-8"
    multiline: bool = False  # whether a CSV cell may hold line ends
    decimal_mark: str | None = None
    thousands_mark: str | None = None
    lists: list[ListRules] = []

    def canonical(self) -> bytes:
        """The profile's canonical JSON: what is hashed, stored and given to the core."""
        return canonical_json(self)

    def sha256(self) -> bytes:
        """SHA-256 of `canonical`."""
        return sha256(self.canonical()).digest()


def parse_profile(text: bytes, *, where: str) -> TapeProfile:
    """Read and check a profile.

    Parameters
    ----------
    text : bytes
        TOML.
    where : str
        Its file's name, for messages.

    Raises
    ------
    InvalidProfile
        With the place, such as ``mine.toml: fields[3].unit``.
    """
    try:
        profile = msgspec.toml.decode(text, type=TapeProfile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidProfile(str(error), where=where) from error
    try:
        native.check_profile(profile.canonical())
    except InvalidProfile as error:
        raise InvalidProfile(error.message, where=f"{where}: {error.where}") from error
    return profile


def built_in_profiles(packages: Iterable[str]) -> dict[str, TapeProfile]:
    """Return the profiles that lie as TOML files in some packages, by name."""
    found = [profile for package in packages for profile in _profiles_of(package)]
    return {profile.name: profile for profile in sorted(found, key=lambda p: p.name)}


@cache
def _profiles_of(package: str) -> tuple[TapeProfile, ...]:
    return tuple(
        parse_profile(file.read_bytes(), where=file.name)
        for file in importlib.resources.files(package).iterdir()
        if file.name.endswith(".toml")
    )


def load_profile(name_or_path: str, *, packages: Iterable[str]) -> TapeProfile:
    """Return a built-in profile by name, or a user's own by the path of its TOML file.

    Raises
    ------
    NotFound
        When there is neither; the message names the built-in ones.
    InvalidProfile
        As `parse_profile`.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml":
        if not path.is_file():
            raise NotFound("there is no such profile file", where=name_or_path)
        return parse_profile(path.read_bytes(), where=path.name)
    known = built_in_profiles(packages)
    if name_or_path not in known:
        raise NotFound(
            f"there is no profile of this name; built in are {', '.join(known)}, "
            "or give the path of a .toml file",
            where=name_or_path,
        )
    return known[name_or_path]
