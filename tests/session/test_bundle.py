"""A bundle proves a run to whoever has the public key, and nothing in it can be changed."""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seawall.errors import Conflict, InvalidInput, NotFound, ProofInvalid, StoreError
from seawall.provenance import canonical_json
from seawall.provenance.bundle_check import check_bundle
from seawall.provenance.log_leaf import LOG_TREES
from seawall.provenance.proof_check import check_document, proved_rows, read_document
from seawall.provenance.proof_documents import Bundle
from seawall.provenance.tree_head import SignedTreeHead
from seawall.session import Session
from seawall.session.exporting import export_run, prove_row
from seawall.session.tree_heads import find_head, prove_consistency, sign_head, signed_head
from seawall.store import Store, open_store

from .books import as_array, records
from .signed_ledger import KEY, PUBLIC_KEYS, TENANT, behind_its_back, make_ledger, sign

LISTS = ("dataset_versions", "derivations", "evidence", "findings", "links", "records")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "ledger.db"
    make_ledger(path)
    return path


@pytest.fixture(scope="module")
def store(path: Path) -> Iterator[Store]:
    with open_store(path) as opened:
        yield opened


def exported(store: Store, run: int = 0, head: int | None = None) -> bytes:
    run_id = sorted(store.all_runs(TENANT), key=lambda row: row.created_at)[run].run_id
    return canonical_json(export_run(store, TENANT, find_head(store, head), run_id))


@pytest.fixture(scope="module")
def bundle(store: Store) -> bytes:
    return exported(store)


def code_of(data: bytes) -> str:
    with pytest.raises(ProofInvalid) as refusal:
        check_document(data, PUBLIC_KEYS)
    assert refusal.value.where
    return refusal.value.code


def changed(bundle: bytes, change: Callable[[Any], None]) -> bytes:
    document = json.loads(bundle)
    change(document)
    return canonical_json(document)


# --- what holds


def test_a_bundle_shows_a_whole_run(store: Store, bundle: bytes) -> None:
    found = check_document(bundle, PUBLIC_KEYS)
    assert found.run_id in {run.run_id for run in store.all_runs(TENANT)}
    assert found.rows == 1 + 1 + 1 + 5 + 4 + 4
    assert found.records >= 1
    assert found.head == find_head(store, None)
    assert check_document(bundle + b"\n", PUBLIC_KEYS) == found


def test_an_earlier_head_proves_what_it_covers_and_refuses_what_came_later(store: Store) -> None:
    assert check_document(exported(store, 0, head=1), PUBLIC_KEYS).head.head.number == 1
    with pytest.raises(Conflict) as refusal:
        exported(store, 1, head=1)
    assert refusal.value.code == "head_required"


def test_a_run_with_currency_rates_brings_their_dataset(tmp_path: Path) -> None:
    rates = b"Date,USD\n2025-01-02,1.25\n"
    rows = records(4)
    with Session(tmp_path / "ledger.db", tenant=TENANT) as session:
        dataset = session.ingest(as_array(rows), format="json", profile="todiscope")
        dated = session.ingest(rates, format="csv", profile="ecb_rates")
        run = session.stress(dataset, currency="EUR", rates=dated, rates_as_of="2025-01-02")
    with open_store(tmp_path / "ledger.db") as store:
        data = canonical_json(export_run(store, TENANT, sign(store), run.run_id))
    assert check_document(data, PUBLIC_KEYS).rows > 0


@pytest.mark.parametrize("tree", LOG_TREES)
def test_each_kind_of_row_is_proved_alone(store: Store, tree: str) -> None:
    head = find_head(store, None)
    column = {"audit_entry": "sequence", "derivation": "dataset_version_id"}.get(tree)
    row = dict(zip(LOG_TREES[tree], store.log_rows(tree, 1, 1)[0], strict=True))
    name = str(row[column or f"{tree}_id"])
    if tree == "derivation":
        return  # it has no identifier of its own
    proof = prove_row(store, TENANT, head, name)
    assert proof.tree == tree
    assert check_document(canonical_json(proof), PUBLIC_KEYS).rows == 1


def test_a_row_that_is_not_there_is_not_proved(store: Store) -> None:
    head = find_head(store, None)
    with pytest.raises(NotFound):
        prove_row(store, TENANT, head, "ev_none")
    with pytest.raises(InvalidInput):
        prove_row(store, TENANT, head, "job_1")
    evidence = next(iter(store.all_evidence(TENANT)))
    with pytest.raises(NotFound):
        prove_row(store, "another", head, evidence.evidence_id)


def test_a_later_head_is_proved_to_continue_an_earlier_one(store: Store) -> None:
    old, new = (signed_head(kept) for kept in store.log_heads())
    proof = prove_consistency(store, old, new)
    assert check_document(canonical_json(proof), PUBLIC_KEYS).head == new
    same = prove_consistency(store, new, new)
    assert check_document(canonical_json(same), PUBLIC_KEYS).head == new
    assert code_of(canonical_json(prove_consistency(store, new, old))) == "proof_invalid"


def test_a_head_is_a_document_of_its_own(store: Store) -> None:
    head = find_head(store, None)
    assert check_document(canonical_json(head), PUBLIC_KEYS).head == head
    assert read_document(canonical_json(head)) == head


def test_a_row_changed_since_the_head_is_not_exported(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "ledger.db"
    shutil.copy(path, copy)
    with behind_its_back(copy) as raw:
        raw.execute("UPDATE run SET created_by = 'eve'")
    with open_store(copy) as store, pytest.raises(StoreError) as refusal:
        exported(store)
    assert refusal.value.code == "store_corrupt"


def test_nothing_is_exported_by_peaks_that_were_changed(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "ledger.db"
    shutil.copy(path, copy)
    with open_store(copy) as store:
        assert exported(store, 1)
    with behind_its_back(copy) as raw:
        raw.execute("UPDATE log_tree SET peaks = zeroblob(length(peaks))")
    with open_store(copy) as store, pytest.raises(StoreError) as refusal:
        exported(store, 1)
    assert refusal.value.code == "store_corrupt"


# --- what does not


def flips(bundle: bytes, positions: Any) -> int:
    tried = 0
    for at in positions:
        for bit in (1, 0x20, 0x80):
            forged = bytearray(bundle)
            forged[at] ^= bit
            with pytest.raises(ProofInvalid):
                check_document(bytes(forged), PUBLIC_KEYS)
            tried += 1
    return tried


def test_a_changed_bit_is_found(bundle: bytes) -> None:
    chosen = random.Random(4)  # noqa: S311
    assert flips(bundle, chosen.sample(range(len(bundle)), 300)) == 900


@pytest.mark.faults
def test_each_changed_byte_is_found(bundle: bytes) -> None:
    assert flips(bundle, range(len(bundle))) == 3 * len(bundle)


def test_a_bundle_cut_off_anywhere_is_found(bundle: bytes) -> None:
    for end in range(0, len(bundle), 97):
        assert code_of(bundle[:end]) == "document_unreadable"


def scalars(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if isinstance(item, dict | list):
            yield from scalars(item, (*place, key))
        else:
            yield (*place, key), item


def other(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1
    # Of the same form, where it has one, so that nothing but the proof can tell.
    last = value[-1:].translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    return value[:-1] + last if last != value[-1:] else value + "x"


def test_each_value_that_is_changed_and_written_well_is_found(bundle: bytes) -> None:
    document = json.loads(bundle)
    tried = 0
    for place, value in scalars(document):
        *parents, last = place
        parent = document
        for key in parents:
            parent = parent[key]
        parent[last] = other(value)
        assert parent[last] != value
        code_of(canonical_json(document))
        parent[last] = value
        tried += 1
    assert canonical_json(document) == bundle
    assert tried > 150


@pytest.mark.parametrize("name", LISTS)
def test_a_piece_that_is_dropped_doubled_or_moved_is_found(bundle: bytes, name: str) -> None:
    count = len(json.loads(bundle)[name])
    assert count > 0
    for at in range(count):
        dropped = changed(bundle, lambda d, at=at: d[name].pop(at))
        assert code_of(dropped) in ("bundle_incomplete", "identity_differs")
        code_of(changed(bundle, lambda d, at=at: d[name].insert(at, d[name][at])))
        if at > 0:
            code_of(changed(bundle, lambda d, at=at: d[name].insert(at - 1, d[name].pop(at))))


def test_a_path_that_is_longer_or_shorter_is_found(bundle: bytes) -> None:
    for name in ("evidence", "findings", "links"):
        code_of(changed(bundle, lambda d, n=name: d[n][0]["path"].append("00" * 32)))
        code_of(changed(bundle, lambda d, n=name: d[n][0]["path"].pop()))


def test_the_rows_of_another_run_do_not_complete_a_bundle(store: Store, bundle: bytes) -> None:
    another = json.loads(exported(store, 1))
    for name in LISTS:
        assert json.loads(bundle)[name] != another[name]
        code_of(changed(bundle, lambda d, n=name: d.update({n: another[n]})))
    code_of(changed(bundle, lambda d: d.update(run=another["run"])))


def test_an_older_head_does_not_prove_a_newer_bundle(store: Store, bundle: bytes) -> None:
    older = json.loads(canonical_json(find_head(store, 1)))
    assert code_of(changed(bundle, lambda d: d.update(head=older))) == "proof_invalid"


def test_a_head_that_somebody_else_signed_proves_nothing(
    path: Path, tmp_path: Path, bundle: bytes
) -> None:
    copy = tmp_path / "ledger.db"
    shutil.copy(path, copy)
    with open_store(copy) as store:
        sign(store, key=bytes(reversed(KEY)))
        assert code_of(exported(store)) == "key_unknown"
    key_id = next(iter(PUBLIC_KEYS))
    with pytest.raises(ProofInvalid) as refusal:
        check_document(bundle, {key_id: bytes(32)})
    assert refusal.value.code == "key_unknown"


def test_a_field_nobody_knows_and_another_spelling_are_refused(bundle: bytes) -> None:
    assert code_of(changed(bundle, lambda d: d.update(more=1))) == "document_unreadable"
    assert code_of(json.dumps(json.loads(bundle)).encode()) == "document_unreadable"
    assert code_of(b"[]") == "document_unreadable"
    assert code_of(b"\xff") == "document_unreadable"


def test_a_forked_or_rolled_back_head_is_not_continued(path: Path, tmp_path: Path) -> None:
    heads: list[SignedTreeHead] = []
    for number in range(2):
        copy = tmp_path / f"{number}.db"
        shutil.copy(path, copy)
        with Session(copy, tenant=TENANT) as session:
            session.stress(session.datasets()[0], started_at=f"2025-02-0{number + 1}T00:00:00Z")
        with open_store(copy) as store:
            heads += [sign(store), sign(store)]
            before = find_head(store, 2)
            proof = prove_consistency(store, before, heads[-1])
            assert check_document(canonical_json(proof), PUBLIC_KEYS).head == heads[-1]
    for old, new in ((heads[0], heads[2]), (heads[0], heads[3]), (heads[1], heads[2])):
        with open_store(tmp_path / "1.db") as store:
            proof = prove_consistency(store, old, new)
        assert code_of(canonical_json(proof)) == "proof_invalid"


def test_a_head_that_follows_another_of_the_same_rows_is_not_continued(
    path: Path, tmp_path: Path
) -> None:
    heads = []
    for number in range(2):
        copy = tmp_path / f"{number}.db"
        shutil.copy(path, copy)
        with open_store(copy) as store:
            for day in (4, 5):
                at = f"2025-01-0{day}T0{number}:00:00.000000Z"
                heads.append(sign_head(store, private_key=KEY, at=at))
            right = canonical_json(prove_consistency(store, heads[-2], heads[-1]))
            assert check_document(right, PUBLIC_KEYS).head == heads[-1]
            wrong = canonical_json(prove_consistency(store, heads[0], heads[-1]))
    assert code_of(wrong) == "proof_invalid"


def test_a_consistency_proof_with_a_changed_value_is_refused(store: Store) -> None:
    old, new = (signed_head(kept) for kept in store.log_heads())
    document = json.loads(canonical_json(prove_consistency(store, old, new)))
    for place, value in scalars(document):
        *parents, last = place
        parent = document
        for key in parents:
            parent = parent[key]
        parent[last] = other(value)
        code_of(canonical_json(document))
        parent[last] = value
    for tree in LOG_TREES:
        document["paths"][tree].append("00" * 32)
        code_of(canonical_json(document))
        document["paths"][tree].pop()


def test_a_signed_head_says_what_its_schema_says(store: Store) -> None:
    head = json.loads(canonical_json(find_head(store, None)))
    assert head["schema"] == "seawall.signed_tree_head/1"
    assert msgspec.json.encode(head["head"]["schema"]) == b'"seawall.tree_head/1"'


# What only its proof holds to a run; everything else is also held by an identifier or a hash.
ONLY_PROVED = {"created_at", "created_by", "chunk_roots", "digest", "summary"}


def test_rows_that_do_not_belong_together_are_found_also_where_each_is_proved(
    bundle: bytes,
) -> None:
    document = msgspec.json.decode(bundle, type=Bundle)
    rows = proved_rows(document)
    check_bundle(rows, document.records)
    tried = 0
    for tree, some in rows.items():
        for row in some:
            for column, cell in list(row.items()):
                if column in ONLY_PROVED:
                    continue
                row[column] = cell + 1 if isinstance(cell, int) else cell[:-1]
                with pytest.raises(ProofInvalid):
                    check_bundle(rows, document.records)
                row[column] = cell
                tried += 1
        for at in range(len(some)):
            if tree != "run":
                dropped = {**rows, tree: some[:at] + some[at + 1 :]}
                doubled = {**rows, tree: [*some, some[at]]}
                for forged in (dropped, doubled):
                    with pytest.raises(ProofInvalid):
                        check_bundle(forged, document.records)
    check_bundle(rows, document.records)
    assert tried > 70
