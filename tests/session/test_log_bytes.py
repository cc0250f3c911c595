"""The bytes of the log as docs/reference/stored_bytes.md has them."""

from hashlib import sha256
from pathlib import Path

import pytest

from seawall import native
from seawall.provenance import leaf_hash
from seawall.provenance.log_leaf import LOG_TREES, cells_of, leaf_bytes, leaf_tag, shown_cells
from seawall.provenance.signature import is_signed, key_id_of, public_key_of, sign
from seawall.provenance.tree_head import BEFORE_THE_FIRST_HEAD, TreeHead, TreeState

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "stored_bytes.md").read_text()
LINK = ("tenant-a", "ln_1", "fi_1", "ev_1")
DERIVATION = ("tenant-a", "dv_1", b"\x00\xff", b"{}", "2026")
# RFC 8032, section 7.1, test 1.
RFC_8032_SECRET = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
RFC_8032_SIGNATURE = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)


def head() -> TreeHead:
    public_key = public_key_of(RFC_8032_SECRET)
    trees = {tree: TreeState(0, sha256(b"").hexdigest()) for tree in LOG_TREES}
    trees["link"] = TreeState(1, leaf_hash(leaf_bytes("link", LINK)).hex())
    return TreeHead(
        ledger="ledger_00112233445566778899aabbccddeeff",
        number=1,
        at="2026-01-01T00:00:00.000000Z",
        key_id=key_id_of(public_key),
        previous_sha256=BEFORE_THE_FIRST_HEAD,
        trees=trees,
    )


GOLDEN = {
    "a link": lambda: leaf_bytes("link", LINK).decode(),
    "its hash": lambda: leaf_hash(leaf_bytes("link", LINK)).hex(),
    "a derivation": lambda: leaf_bytes("derivation", DERIVATION).hex(),
    "a derivation's hash": lambda: leaf_hash(leaf_bytes("derivation", DERIVATION)).hex(),
    "public key": lambda: public_key_of(RFC_8032_SECRET).hex(),
    "key id": lambda: key_id_of(public_key_of(RFC_8032_SECRET)),
    "head": lambda: head().signed_bytes().decode(),
    "head hash": lambda: head().digest(),
    "signature": lambda: sign(head().signed_bytes(), private_key=RFC_8032_SECRET).hex(),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_page_has_the_bytes_of(name: str) -> None:
    assert GOLDEN[name]() in PAGE


@pytest.mark.parametrize("tree", LOG_TREES)
def test_the_page_has_the_columns_of(tree: str) -> None:
    columns = " ".join(f"`{column}`" for column in LOG_TREES[tree])
    assert f"| `{tree}` | {columns} |" in PAGE


def test_the_core_hashes_the_same_leaves() -> None:
    rows = [("tenant-é", "x" * 300, b"", 0), ("", b"\x00,:", 12, 2**62)]
    expected = [leaf_hash(leaf_bytes("link", row)) for row in rows]
    assert native.log_leaf_hashes(leaf_tag("link"), rows) == b"".join(expected)


def test_ed25519_is_that_of_the_rfc() -> None:
    assert sign(b"", private_key=RFC_8032_SECRET) == RFC_8032_SIGNATURE
    public_key = public_key_of(RFC_8032_SECRET)
    assert is_signed(b"", RFC_8032_SIGNATURE, public_key=public_key)
    assert not is_signed(b"x", RFC_8032_SIGNATURE, public_key=public_key)
    assert not is_signed(b"", RFC_8032_SIGNATURE, public_key=bytes(31))


def test_a_row_is_shown_and_read_again() -> None:
    shown = shown_cells("derivation", DERIVATION)
    assert shown["digest"] == "00ff"
    assert cells_of("derivation", shown) == list(DERIVATION)
