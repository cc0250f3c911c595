"""The log of every driver: it holds each row that is kept, and proves it at any size."""

import random
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import pytest
from sample_ledger import (
    CHUNKS,
    DERIVATION,
    TABLES,
    TENANT,
    dataset,
    evidence,
    findings,
    links,
    run,
)

from seawall import native
from seawall.errors import Conflict, InvalidInput, NotFound, StoreError
from seawall.provenance import (
    leaf_hash,
    merkle_root_after,
    merkle_root_from_path,
    merkle_root_of_peaks,
)
from seawall.provenance.log_leaf import LOG_TREES, leaf_bytes
from seawall.store import Store, Transaction, open_store
from seawall.store.log import KeptHead
from seawall.store.log_growth import LogState, grow
from seawall.store.log_proofs import Nodes, TreeProofs
from seawall.store.types import AuditDraft, Evidence

AUDIT = AuditDraft(TENANT, "2025", "ada", "run.create", "done", "r", "")


def root_by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word, over leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    left, right = root_by_definition(leaves[:split]), root_by_definition(leaves[split:])
    return sha256(b"\x01" + left + right).digest()


def put(store: Store, work: Any) -> None:
    store.submit(work).result(timeout=30)


def keep_one_of_each(store: Store) -> None:
    def keep(tx: Transaction) -> None:
        tx.put_dataset(dataset(), CHUNKS)
        tx.put_derivation(TENANT, "dv", DERIVATION, TABLES)
        tx.put_evidence(TENANT, evidence(3))
        tx.put_findings(TENANT, findings(2))
        tx.put_links(TENANT, links(2))
        tx.put_run(run(), ["e0"], ["f0"])
        tx.append_audit(AUDIT)

    put(store, keep)


def root(state: LogState) -> bytes:
    peaks = [state.peaks[begin : begin + 32] for begin in range(0, len(state.peaks), 32)]
    return merkle_root_of_peaks(peaks)


def sizes(store: Store) -> dict[str, int]:
    return {tree: state.size for tree, state in store.log_states().items()}


def test_a_new_ledger_has_an_empty_tree_of_each_kind(store: Store) -> None:
    assert sizes(store) == dict.fromkeys(LOG_TREES, 0)
    for state in store.log_states().values():
        assert root(state) == sha256(b"").digest()


def test_two_ledgers_have_other_names(store: Store, tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("other") / "ledger.db"
    with open_store(path) as other:
        assert other.ledger_id() != store.ledger_id()


def test_every_kind_of_row_is_a_leaf(store: Store) -> None:
    keep_one_of_each(store)
    expected = {"evidence": 3, "finding": 2, "link": 2}
    assert sizes(store) == {tree: expected.get(tree, 1) for tree in LOG_TREES}
    for tree, state in store.log_states().items():
        rows = store.log_rows(tree, 0, state.size)
        leaves = [leaf_hash(leaf_bytes(tree, row)) for row in rows]
        assert root(state) == root_by_definition(leaves), tree
        assert store.log_leaf_hashes(tree, 0, state.size) == b"".join(leaves)


def test_a_row_is_found_by_its_identifier_and_its_tenant_alone(store: Store) -> None:
    keep_one_of_each(store)
    index, cells = store.log_row("evidence", {"tenant": TENANT, "evidence_id": "e1"})
    assert (index, cells[1]) == (1, "e1")
    assert store.log_rows("evidence", 1, 1) == [cells]
    with pytest.raises(NotFound):
        store.log_row("evidence", {"tenant": "another", "evidence_id": "e1"})


def test_rows_that_were_there_already_are_not_logged_again(store: Store) -> None:
    keep_one_of_each(store)
    put(store, lambda tx: tx.put_evidence(TENANT, evidence(5)))
    put(store, lambda tx: tx.put_links(TENANT, links(2)))
    assert sizes(store)["evidence"] == 5
    assert sizes(store)["link"] == 2
    assert all(store.log_unlogged(tree) == 0 for tree in LOG_TREES)


def test_what_a_failed_request_undid_is_not_logged(store: Store) -> None:
    keep_one_of_each(store)

    def fail(tx: Transaction) -> None:
        tx.put_evidence(TENANT, evidence(300, prefix="never"))
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        put(store, fail)
    put(store, lambda tx: tx.put_evidence(TENANT, evidence(4)))
    assert sizes(store)["evidence"] == 4
    rows = store.log_rows("evidence", 0, 10)
    assert [row[1] for row in rows] == ["e0", "e1", "e2", "e3"]


def test_proofs_of_every_leaf_hold_after_commits_of_any_size(store: Store) -> None:
    put(store, lambda tx: tx.put_dataset(dataset(), CHUNKS))
    steps, kept = random.Random(1), 0  # noqa: S311
    while kept < 1_200:
        count = steps.choice([1, 2, 7, 100, 255, 256, 257])
        rows = [Evidence(f"e{kept + i}", "dv", "debt", "k", b"{}") for i in range(count)]
        put(store, lambda tx, rows=rows: tx.put_evidence(TENANT, rows))
        kept += count
    leaves = [leaf_hash(leaf_bytes("evidence", row)) for row in store.log_rows("evidence", 0, kept)]
    assert len(leaves) == kept
    assert root(store.log_states()["evidence"]) == root_by_definition(leaves)
    for size in (1, 2, 255, 256, 257, 511, 512, 513, 1_023, 1_024, kept):
        proofs = TreeProofs(store, "evidence", size)
        expected = root_by_definition(leaves[:size])
        assert proofs.root() == expected
        for index in {0, size // 2, size - 1, *steps.sample(range(size), min(size, 5))}:
            path = proofs.inclusion(index)
            place = {"leaf_index": index, "leaf_count": size}
            assert merkle_root_from_path(leaves[index], path=path, **place) == expected
        for old in {1, size // 2, size - 1, size} - {0}:
            path = proofs.consistency(old)
            old_root = root_by_definition(leaves[:old])
            counts = {"old_count": old, "new_count": size}
            assert merkle_root_after(old_root, path=path, **counts) == expected


def test_a_leaf_or_a_tree_that_is_not_there_is_refused(store: Store) -> None:
    keep_one_of_each(store)
    proofs = TreeProofs(store, "evidence", 3)
    for index in (-1, 3):
        with pytest.raises(InvalidInput):
            proofs.inclusion(index)
    for old in (0, 4):
        with pytest.raises(InvalidInput):
            proofs.consistency(old)


def test_heads_are_kept_in_their_order_and_no_number_twice(store: Store) -> None:
    heads = [KeptHead(number, b"{}", bytes(64), bytes(32)) for number in (1, 2)]
    for head in heads:
        put(store, lambda tx, head=head: tx.append_log_head(head))
    assert store.log_heads() == heads
    for number in (2, 4):
        head = KeptHead(number, b"{}", bytes(64), bytes(32))
        with pytest.raises(Conflict):
            put(store, lambda tx, head=head: tx.append_log_head(head))


class InMemory:
    """A log of leaves that are numbers, as a driver would keep it."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], tuple[bytes, bytes]] = {}
        self.state = LogState(0, b"")
        self.wanted: list[Nodes] = []

    def leaf_hashes(self, _: str, first: int, count: int) -> bytes:
        return b"".join(leaf_hash(b"%d" % index) for index in range(first, first + count))

    def tile_roots(self, _: str, level: int, first: int, count: int) -> bytes:
        return b"".join(self.tiles[level, tile][0] for tile in range(first, first + count))

    def put_tile(self, _: str, level: int, tile: int, root: bytes, hashes: bytes) -> None:
        assert (level, tile) not in self.tiles
        assert len(hashes) == 256 * 32
        self.tiles[level, tile] = (root, hashes)

    def put_state(self, _: str, state: LogState) -> None:
        self.state = state

    def log_nodes(self, tree: str, wanted: Sequence[Nodes]) -> list[bytes]:
        self.wanted += wanted
        return [
            self.tiles[nodes.level, nodes.first // 256][1]
            if nodes.are_a_tile
            else self.tile_roots(tree, nodes.level - 1, nodes.first, nodes.count)
            if nodes.level
            else self.leaf_hashes(tree, nodes.first, nodes.count)
            for nodes in wanted
        ]


def test_a_large_tree_proves_itself_through_two_levels_of_tiles() -> None:
    log, chosen = InMemory(), random.Random(2)  # noqa: S311
    for newest in (66_000, 66_001, 70_000):
        grow(log, "any", log.state, newest)
    leaves = [leaf_hash(b"%d" % index) for index in range(70_000)]
    assert {level for level, _ in log.tiles} == {0, 1}
    for size in (70_000, 65_536, chosen.randrange(65_537, 70_000)):
        proofs = TreeProofs(log, "any", size)
        expected = root_by_definition(leaves[:size])
        assert proofs.root() == expected
        for index in chosen.sample(range(size), 20):
            place = {"leaf_index": index, "leaf_count": size}
            path = proofs.inclusion(index)
            assert merkle_root_from_path(leaves[index], path=path, **place) == expected
        old = chosen.randrange(1, size)
        path = proofs.consistency(old)
        old_root = root_by_definition(leaves[:old])
        counts = {"old_count": old, "new_count": size}
        assert merkle_root_after(old_root, path=path, **counts) == expected


@pytest.mark.parametrize("keeps_tail", [True, False])
def test_peaks_and_tiles_are_those_of_the_leaves_however_they_come(keeps_tail: bool) -> None:
    log, chosen, known, size = InMemory(), random.Random(3), None, 0  # noqa: S311
    leaves = b"".join(leaf_hash(b"%d" % index) for index in range(4_000))
    for step in (1, 255, 256, 1, 511, 512, 513, *chosen.choices(range(1, 300), k=5)):
        size += step
        known = grow(log, "any", log.state, size, known if keeps_tail else None)
        assert log.state == LogState(size, native.extend_peaks(0, b"", leaves[: size * 32]))
    assert sorted(log.tiles) == [(0, tile) for tile in range(size // 256)]
    for (_, tile), (root, hashes) in log.tiles.items():
        assert hashes == leaves[tile * 8192 : (tile + 1) * 8192]
        assert root == native.merkle_root(hashes)


def test_peaks_give_the_same_paths_and_spare_the_end_of_the_tree() -> None:
    log, size = InMemory(), 70_000
    grow(log, "any", log.state, size)
    plain = TreeProofs(log, "any", size)
    given = TreeProofs(log, "any", size, peaks=log.state.peaks)
    for index in (0, 255, 65_535, 65_536, 69_887, 69_888, size - 1):
        assert given.inclusion(index) == plain.inclusion(index)
    for old in (1, 256, 65_536, 69_999, size):
        assert given.consistency(old) == plain.consistency(old)
    assert given.root() == plain.root()
    log.wanted.clear()
    TreeProofs(log, "any", size, peaks=log.state.peaks).inclusion(300)
    assert log.wanted == [Nodes(0, 256, 256), Nodes(1, 0, 256)]


def test_peaks_of_another_size_are_refused() -> None:
    with pytest.raises(StoreError) as refusal:
        TreeProofs(InMemory(), "any", 3, peaks=bytes(32))
    assert refusal.value.code == "store_corrupt"
