"""The bytes of docs/reference/stored_bytes.md, and what an offline verifier accepts and refuses."""

import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import InvalidInput, LimitExceeded
from seawall.provenance import (
    MAX_JSON_DEPTH,
    InclusionProof,
    canonical_json,
    identifier,
    identifiers,
    leaf_hash,
    merkle_root_after,
    merkle_root_from_path,
    merkle_root_of_peaks,
)

STORED_BYTES = Path(__file__).parents[1] / "docs" / "reference" / "stored_bytes.md"

# Certificate Transparency's reference tree: github.com/transparency-dev/merkle, testonly.
REFERENCE_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
REFERENCE_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
REFERENCE_PATH_OF_5 = (
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
)
REFERENCE_PROOF = InclusionProof(
    leaf_index=5, leaf_count=8, path=REFERENCE_PATH_OF_5, root=REFERENCE_ROOT
)


def root_and_path(leaves: list[bytes], index: int) -> tuple[bytes, list[bytes]]:
    """RFC 6962, sections 2.1 and 2.1.1, word for word, over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0], []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, left_path = root_and_path(leaves[:split], min(index, split - 1))
    right, right_path = root_and_path(leaves[split:], max(index - split, 0))
    root = sha256(b"\x01" + left + right).digest()
    return root, [*left_path, right] if index < split else [*right_path, left]


# --- canonical JSON


class Point(msgspec.Struct, frozen=True, tag_field="schema", tag="point/1"):
    x: float
    label: str


def test_the_example_of_rfc_8785_is_reproduced() -> None:
    # Section 3.2.2, "Generation of Canonical JSON Data".
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '\u20ac$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    assert canonical_json(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_keys_are_sorted_by_their_utf_16_units() -> None:
    assert canonical_json({"\ufb33": 1, "\U0001f30a": 2, "a": 3}) == (
        '{"a":3,"\U0001f30a":2,"\ufb33":1}'.encode()
    )


def test_a_struct_carries_its_schema() -> None:
    assert canonical_json(Point(x=1.0, label="é")) == (
        '{"label":"é","schema":"point/1","x":1}'.encode()
    )


def test_a_set_is_a_sorted_array() -> None:
    assert canonical_json(set("tidal")) == b'["a","d","i","l","t"]'


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [1, {"b": float("nan")}]}, "a[1].b"),
        ([float("inf")], "[0]"),
        ({"a": 2**53}, "a"),
        ({"a": -(2**53)}, "a"),
        ({"a": {1: 2, "b": 3}}, "a"),
        ({"a": ["\ud800"]}, "a[0]"),
        ({"a": {"\ud800": 1}}, "a"),
        ({"a": 1j}, ""),
    ],
)
def test_what_json_cannot_say_exactly_is_refused_at_its_place(value: Any, where: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        canonical_json(value)
    assert caught.value.where == where


def test_the_largest_exact_integers_are_kept() -> None:
    assert canonical_json([2**53 - 1, 1 - 2**53]) == b"[9007199254740991,-9007199254740991]"


def test_deep_nesting_is_refused() -> None:
    value: list[Any] = []
    for _ in range(MAX_JSON_DEPTH - 1):
        value = [value]
    assert canonical_json(value).count(b"[") == MAX_JSON_DEPTH
    with pytest.raises(LimitExceeded):
        canonical_json([value])
    value.append(value)
    with pytest.raises(LimitExceeded):
        canonical_json(value)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_canonical_json_reads_back_as_the_same_value_and_encodes_to_the_same_bytes(
    value: Any,
) -> None:
    encoded = canonical_json(value)
    read = json.loads(encoded, parse_int=float)  # RFC 8785: every number is a double
    assert read == value
    assert canonical_json(read) == encoded


# --- identifiers


def test_identifiers_are_the_golden_ones() -> None:
    assert identifier("run") == "run_0sat6d7p4f1zsp8p4p5a29b5kk"
    assert identifier("run", "tenant-a", b"\x00\xff", "é") == "run_qj0t965eyw7x2d8q5b9dmd6arf"


@given(st.lists(st.binary() | st.text(), max_size=4))
def test_an_identifier_is_the_first_130_bits_digit_by_digit(parts: list[bytes | str]) -> None:
    hashed = sha256()
    for part in ("seawall.identifier/1", "evidence", *parts):
        encoded = part.encode() if isinstance(part, str) else part
        hashed.update(len(encoded).to_bytes(8, "big"))
        hashed.update(encoded)
    number = int.from_bytes(hashed.digest(), "big") >> 126
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    digits = "".join(alphabet[number >> 5 * place & 31] for place in reversed(range(26)))
    assert identifier("evidence", *parts) == f"evidence_{digits}"


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 1000])
def test_a_batch_gives_the_identifiers_one_by_one(count: int) -> None:
    payloads: list[bytes | str] = [f"loan {i}" if i % 2 else bytes(i) for i in range(count)]
    assert identifiers("evidence", domain=["tenant", b"v1"], payloads=payloads) == [
        identifier("evidence", "tenant", b"v1", payload) for payload in payloads
    ]


def test_text_and_its_utf_8_are_the_same_part() -> None:
    assert identifier("run", "é") == identifier("run", "é".encode())


def test_where_a_part_ends_matters() -> None:
    different = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("", "abc")]
    assert len({identifier("run", *parts) for parts in different}) == len(different)


def test_the_prefix_is_hashed() -> None:
    assert identifier("run", "x")[-26:] != identifier("link", "x")[-26:]


@pytest.mark.parametrize("prefix", ["", "Run", "run-1", "1run", "run\n", "r" * 33])
def test_a_prefix_that_is_no_name_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidInput):
        identifier(prefix)
    with pytest.raises(InvalidInput):
        identifiers(prefix, domain=[], payloads=[])


def test_a_part_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(InvalidInput):
        identifier("run", "\ud800")


# --- Merkle proofs


def test_the_published_path_leads_to_the_published_root() -> None:
    assert REFERENCE_PROOF.verify(REFERENCE_LEAVES[5])


def test_every_path_of_every_tree_leads_to_its_root_and_none_does_with_a_bit_flipped() -> None:
    for count in range(1, 41):
        leaves = [leaf_hash(bytes([i])) for i in range(count)]
        for index in range(count):
            root, path = root_and_path(leaves, index)
            place = {"leaf_index": index, "leaf_count": count}
            assert merkle_root_from_path(leaves[index], path=path, **place) == root
            forged = bytes([leaves[index][0] ^ 1]) + leaves[index][1:]
            assert merkle_root_from_path(forged, path=path, **place) != root


def root_of(leaves: list[bytes]) -> bytes:
    return root_and_path(leaves, 0)[0]


# Of the same reference tree (merkle_tree_test.cc: PathTestVector of consistency): old and new size.
REFERENCE_CONSISTENCY = {
    (1, 1): (),
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}


def consistency_by_definition(
    old_count: int, leaves: list[bytes], *, is_old_root: bool = True
) -> list[bytes]:
    """RFC 6962, section 2.1.2, word for word: SUBPROOF."""
    if old_count == len(leaves):
        return [] if is_old_root else [root_of(leaves)]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    if old_count <= split:
        below = consistency_by_definition(old_count, leaves[:split], is_old_root=is_old_root)
        return [*below, root_of(leaves[split:])]
    below = consistency_by_definition(old_count - split, leaves[split:], is_old_root=False)
    return [*below, root_of(leaves[:split])]


def test_the_published_consistency_proofs_lead_to_the_published_roots() -> None:
    leaves = [leaf_hash(leaf) for leaf in REFERENCE_LEAVES]
    for (old, new), published in REFERENCE_CONSISTENCY.items():
        path = [bytes.fromhex(text) for text in published]
        assert consistency_by_definition(old, leaves[:new]) == path
        old_root, new_root = (root_of(leaves[:count]) for count in (old, new))
        found = merkle_root_after(old_root, old_count=old, new_count=new, path=path)
        assert found == new_root


def test_each_tree_of_up_to_70_leaves_is_continued_by_each_larger_one_and_by_no_other() -> None:
    leaves = [leaf_hash(bytes([i])) for i in range(70)]
    roots = [b"", *(root_of(leaves[:count]) for count in range(1, 71))]
    for new in range(1, 71):
        for old in range(1, new + 1):
            path = consistency_by_definition(old, leaves[:new])
            place = {"old_count": old, "new_count": new}
            assert merkle_root_after(roots[old], path=path, **place) == roots[new]
            for at in range(len(path)):
                forged = [*path[:at], bytes(32), *path[at + 1 :]]
                try:
                    found = merkle_root_after(roots[old], path=forged, **place)
                except InvalidInput:
                    continue
                assert found != roots[new]
            with pytest.raises(InvalidInput):
                merkle_root_after(roots[old], path=[*path, bytes(32)], **place)
            if path:
                with pytest.raises(InvalidInput):
                    merkle_root_after(roots[old], path=path[:-1], **place)


@pytest.mark.parametrize(("old", "new"), [(0, 1), (2, 1), (-1, 3)])
def test_a_tree_that_none_continues_is_refused(old: int, new: int) -> None:
    with pytest.raises(InvalidInput):
        merkle_root_after(bytes(32), old_count=old, new_count=new, path=[])


def test_peaks_give_the_root_of_the_tree_that_they_make() -> None:
    leaves = [leaf_hash(bytes([i])) for i in range(7)]
    peaks = [root_of(part) for part in (leaves[:4], leaves[4:6], leaves[6:])]
    assert merkle_root_of_peaks(peaks) == root_of(leaves)
    assert merkle_root_of_peaks([]) == sha256(b"").digest()


def test_a_proof_of_another_leaf_place_or_root_proves_nothing() -> None:
    leaf = REFERENCE_LEAVES[5]
    assert not REFERENCE_PROOF.verify(REFERENCE_LEAVES[4])
    for change in (
        {"leaf_index": 4},
        {"leaf_count": 9},
        {"leaf_count": 5},
        {"root": "00" * 32},
        {"path": REFERENCE_PATH_OF_5[:2]},
        {"path": (*REFERENCE_PATH_OF_5, REFERENCE_ROOT)},
        {"path": REFERENCE_PATH_OF_5[::-1]},
        {"path": ("", *REFERENCE_PATH_OF_5[1:])},
        {"path": ("not hexadecimal", *REFERENCE_PATH_OF_5[1:])},
    ):
        assert not msgspec.structs.replace(REFERENCE_PROOF, **change).verify(leaf), change


@pytest.mark.parametrize(("index", "count"), [(-1, 8), (8, 8), (0, 0)])
def test_a_leaf_outside_the_tree_is_refused(index: int, count: int) -> None:
    with pytest.raises(InvalidInput):
        merkle_root_from_path(bytes(32), leaf_index=index, leaf_count=count, path=[])


@pytest.mark.parametrize(("leaf", "sibling"), [(bytes(31), bytes(32)), (bytes(32), bytes(33))])
def test_a_hash_of_another_length_is_refused(leaf: bytes, sibling: bytes) -> None:
    with pytest.raises(InvalidInput):
        merkle_root_from_path(leaf, leaf_index=0, leaf_count=2, path=[sibling])


def test_a_proof_survives_its_json_and_refuses_another_schema() -> None:
    encoded = msgspec.json.encode(REFERENCE_PROOF)
    assert msgspec.json.decode(encoded, type=InclusionProof) == REFERENCE_PROOF
    for old, new in ((b"proof/1", b"proof/2"), (b'"5dc9', b'"5DC9'), (b'"leaf_index":5', b'"x":5')):
        assert old in encoded
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(encoded.replace(old, new), type=InclusionProof)


# --- the page and the offline promise


def test_the_page_of_stored_bytes_shows_the_golden_values() -> None:
    page = STORED_BYTES.read_text(encoding="utf-8")
    golden = [
        identifier("run", "tenant-a", b"\x00\xff", "é"),
        REFERENCE_ROOT,
        *REFERENCE_PATH_OF_5,
        leaf_hash(REFERENCE_LEAVES[5]).hex(),
        canonical_json({"é\n": [1.0, 1e21, -0.0, 0.1], "a": None}).decode(),
        sha256(canonical_json({"é\n": [1.0, 1e21, -0.0, 0.1], "a": None})).hexdigest(),
    ]
    assert [value for value in golden if value not in page] == []


def test_the_proof_on_the_page_verifies() -> None:
    page = STORED_BYTES.read_text(encoding="utf-8")
    block = re.findall(r"```json\n(.*?)```", page, flags=re.DOTALL)[0]
    assert msgspec.json.decode(block, type=InclusionProof) == REFERENCE_PROOF


def test_verifying_needs_no_native_core() -> None:
    program = (
        "import sys, seawall.provenance.proof_check;"
        "print(*sorted(m for m in sys.modules if m.startswith('seawall.') or m == 'numpy'))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout.split()
    allowed = ("seawall.errors", "seawall.provenance")
    assert [module for module in loaded if not module.startswith(allowed)] == []
