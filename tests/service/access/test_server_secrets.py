import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from seawall.errors import InvalidInput, NotFound, SeawallError
from seawall.service.access.server_secrets import load_secrets, new_secrets


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db.secrets"


def test_the_first_start_makes_a_file_that_only_its_owner_reads(path: Path) -> None:
    load_secrets(path, may_create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_the_mask_of_the_process_does_not_matter(path: Path) -> None:
    before = os.umask(0)
    try:
        load_secrets(path, may_create=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_second_start_reads_what_the_first_made(path: Path) -> None:
    assert load_secrets(path, may_create=True) == load_secrets(path, may_create=True)


def test_many_first_starts_agree(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: load_secrets(path, may_create=True).hashing(), range(32)))
    assert len(found) == 1


def test_keys_without_their_secret_are_no_reason_to_make_another(path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        load_secrets(path, may_create=False)
    assert caught.value.code == "secrets_missing"
    assert not path.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_may_touch_is_refused(path: Path, mode: int) -> None:
    load_secrets(path, may_create=True)
    path.chmod(mode)
    with pytest.raises(InvalidInput) as caught:
        load_secrets(path, may_create=True)
    assert caught.value.code == "secrets_exposed"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"key_hash_secrets":["00"],"token_signing_seeds":["00"]}',
        '{"key_hash_secrets":[],"token_signing_seeds":[]}',
        '{"schema":"seawall.server_secrets/2"}',
    ],
)
def test_a_file_of_another_form_is_refused(path: Path, content: str) -> None:
    path.touch(0o600)
    path.write_text(content)
    with pytest.raises(InvalidInput) as caught:
        load_secrets(path, may_create=True)
    assert caught.value.code == "secrets_unreadable"
    assert path.read_text() == content


def test_no_failure_shows_a_secret(path: Path) -> None:
    path.touch(0o600)
    path.write_text('{"key_hash_secrets":["deadbeef"],"token_signing_seeds":"c0ffee"}')
    with pytest.raises(InvalidInput) as caught:
        load_secrets(path, may_create=True)
    assert "deadbeef" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_secrets_do_not_print(path: Path) -> None:
    found = load_secrets(path, may_create=True)
    assert found.key_hash_secrets[0] not in repr(found)
    assert found.token_signing_seeds[0] not in f"{found}"


def test_a_folder_or_a_pipe_is_no_file_of_secrets(path: Path) -> None:
    os.mkfifo(path, 0o600)
    with pytest.raises(InvalidInput) as caught:
        load_secrets(path, may_create=True)
    assert caught.value.code == "secrets_unreadable"
    path.unlink()
    path.mkdir(0o700)
    with pytest.raises(InvalidInput):
        load_secrets(path, may_create=True)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeawallError) as caught:
        load_secrets(tmp_path / "none" / "s", may_create=True)
    assert caught.value.code == "secrets_unwritable"


def test_a_signing_seed_gives_the_key_of_the_standard() -> None:
    """RFC 8032, 7.1, test 1."""
    seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    found = new_secrets(lambda _: bytes.fromhex(seed)).signing()[0]
    assert found.public_key().public_bytes_raw().hex() == (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    )
