"""Profiles: built in, a user's own, and what is wrong with one, with its place."""

from pathlib import Path

import msgspec
import pytest

from seawall.engines.debt import DEBT_STRESS
from seawall.errors import InvalidInput, InvalidProfile, NotFound
from seawall.ingest import TapeProfile, built_in_profiles, load_profile, open_source
from seawall.ingest.profile import parse_profile

PACKAGES = [DEBT_STRESS.profiles]
OWN = b"""
name = "own"
source_system = "s"
[[fields]]
name = "source_record_id"
kind = "text"
from = ["id"]
[[fields]]
name = "currency"
kind = "currency"
default = "EUR"
"""


def refusal(text: bytes) -> InvalidProfile:
    with pytest.raises(InvalidProfile) as caught:
        parse_profile(text, where="mine.toml")
    return caught.value


def test_the_built_in_profiles_are_valid_and_sorted() -> None:
    names = ["fhfa_ama", "generic", "sba", "sec_ex102", "sec_nport", "todiscope"]
    assert list(built_in_profiles(PACKAGES)) == names


def test_a_profile_s_file_is_found_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes(OWN)
    assert load_profile(str(tmp_path / "own.toml"), packages=PACKAGES).name == "own"


def test_a_profile_that_is_not_there_is_not_found_and_the_others_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="generic, sba, sec_ex102, sec_nport, todiscope"):
        load_profile("nope", packages=PACKAGES)
    with pytest.raises(NotFound):
        load_profile(str(tmp_path / "nope.toml"), packages=PACKAGES)


def test_a_contradiction_is_told_with_file_and_place() -> None:
    error = refusal(OWN + b'[[fields]]\nname = "x"\nkind = "rate"\nfrom = ["x"]\n')
    assert error.where == "mine.toml: fields[2].unit"
    assert error.code == "invalid_profile"


@pytest.mark.parametrize(
    "text",
    [
        b"name = ",
        b"\xff",
        b'name = "own"',
        OWN + b'[[fields]]\nname = "x"\nkind = "money"\n',
        OWN + b'[[fields]]\nname = "x"\nkind = "text"\ncolour = 1\n',
        OWN.replace(b'"own"', b'"Own"'),
        OWN + b'[[fields]]\nname = "x"\nkind = "text"\nfrom = ["x"]\nwidth = -1\n',
        b'key = "hash"\n' + OWN,
        b'record_element = "ns:asset"\n' + OWN,
        b'record_element = "a/b"\n' + OWN,
        b'context = ["genInfo/repPdDate"]\n' + OWN,
        b'context = ["/genInfo/@repPdDate"]\n' + OWN,
        b'only_with = "id"\n' + OWN,
    ],
    ids=[
        "no toml",
        "no text",
        "no fields",
        "no kind",
        "unknown key",
        "name",
        "width",
        "a key that is no row",
        "an element with its prefix",
        "an element with its parent",
        "a context without its root",
        "a context that is an attribute",
        "one path for a list of them",
    ],
)
def test_a_file_that_is_no_profile_is_refused_with_its_name(text: bytes) -> None:
    assert refusal(text).where == "mine.toml"


def test_a_row_and_a_column_are_not_both_the_key() -> None:
    assert refusal(b'key = "row"\n' + OWN).where == "mine.toml: key"


def test_a_profile_of_xml_names_its_records_and_what_stands_before_them() -> None:
    text = b'record_element = "asset"\ncontext = ["/data/head/day"]\nonly_with = ["sum"]\n' + OWN
    profile = parse_profile(text, where="mine.toml")
    assert profile.record_element == "asset"
    assert profile.context == ["/data/head/day"]
    assert profile.only_with == ["sum"]


def test_the_hash_of_a_profile_does_not_depend_on_defaults_that_are_spelled_out() -> None:
    spelled = OWN + b'[[fields]]\nname = "x"\nkind = "text"\nfrom = ["x"]\nrequired = false\n'
    short = OWN + b'[[fields]]\nname = "x"\nkind = "text"\nfrom = ["x"]\n'
    assert parse_profile(spelled, where="").sha256() == parse_profile(short, where="").sha256()


def test_a_profile_comes_back_from_its_canonical_json() -> None:
    for profile in built_in_profiles(PACKAGES).values():
        assert msgspec.json.decode(profile.canonical(), type=TapeProfile) == profile


# --- sources


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.json", "json"),
        ("a.ndjson", "ndjson"),
        ("a.jsonl", "ndjson"),
        ("a.CSV", "csv"),
        ("a.tsv", "csv"),
        ("a.xml", "xml"),
        ("a.parquet", "parquet"),
        ("a.pq", "parquet"),
    ],
)
def test_a_file_s_name_tells_its_format(tmp_path: Path, name: str, format: str) -> None:
    (tmp_path / name).write_bytes(b"[]")
    assert open_source(tmp_path / name, format=None).format == format


def test_a_given_format_is_before_the_file_s_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"[]")
    assert open_source(tmp_path / "a.txt", format="json").format == "json"


def test_a_file_of_another_format_is_refused_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    with pytest.raises(InvalidInput) as caught:
        open_source(tmp_path / "a.xlsx", format=None)
    assert caught.value.where == str(tmp_path / "a.xlsx")


def test_bytes_need_a_format() -> None:
    for wrong in (None, "xlsx", ""):
        with pytest.raises(InvalidInput) as caught:
            open_source(b"[]", format=wrong)
        assert caught.value.where == "format"


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        open_source(tmp_path / "nothing.csv", format=None)
    with pytest.raises(NotFound):
        open_source(tmp_path, format="csv")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    with pytest.raises(InvalidInput) as caught:
        open_source(tmp_path / "a.csv", format=None)
    assert caught.value.code == "source_unreadable"


def test_a_file_and_its_bytes_have_one_hash(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"[1]")
    from_file = open_source(tmp_path / "a.json", format=None)
    assert from_file.sha256() == open_source(b"[1]", format="json").sha256()
