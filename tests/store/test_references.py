"""References that are looked up for many rows at once: none is taken on trust."""

from collections.abc import Iterator

import pytest
from sample_ledger import CHUNKS, TENANT, dataset, evidence, submit

from seawall.errors import NotFound
from seawall.store import Store, Transaction, known_ids, open_store
from seawall.store.known_ids import KnownIds
from seawall.store.tables import EVIDENCE, FINDING, LINK
from seawall.store.types import Evidence, Finding, Link

MANY = 3_000


def rows_of(count: int) -> tuple[list[Evidence], list[Finding], list[Link]]:
    names = [f"{number * 7_919 % count:06d}" for number in range(count)]
    return (
        [Evidence(f"e{name}", "dv", "debt", "k", b"{}") for name in names],
        [Finding(f"f{name}", "dv", b"{}") for name in names],
        [Link(f"l{name}", f"f{name}", f"e{name}") for name in names],
    )


@pytest.fixture(params=[0, 40_000], ids=["few others", "many others"])
def parents(request: pytest.FixtureRequest, url: str) -> Iterator[Store]:
    """Evidence and findings that the process which opens the ledger has not put itself."""
    kept, findings, _ = rows_of(MANY)
    with open_store(url) as store:
        submit(store, lambda t: t.put_dataset(dataset(), CHUNKS))
        submit(store, lambda t: t.put_evidence(TENANT, kept))
        submit(store, lambda t: t.put_findings(TENANT, findings))
        if request.param:
            submit(store, lambda t: t.put_evidence(TENANT, evidence(request.param, prefix="x")))
    with open_store(url) as store:
        yield store


def test_links_to_what_another_process_has_kept_are_kept(parents: Store) -> None:
    _, _, links = rows_of(MANY)
    submit(parents, lambda t: t.put_links(TENANT, links))
    assert len(list(parents.all_links(TENANT))) == MANY
    assert parents.integrity_problems() == []


@pytest.mark.parametrize("lost", [Link("l", "f000001", "e"), Link("l", "f", "e000001")])
def test_one_link_to_nothing_among_many_is_refused(parents: Store, lost: Link) -> None:
    _, _, links = rows_of(MANY)
    with pytest.raises(NotFound):
        submit(parents, lambda t: t.put_links(TENANT, [*links, lost]))
    assert list(parents.all_links(TENANT)) == []


def test_what_another_tenant_has_is_nothing(parents: Store) -> None:
    kept, _, links = rows_of(MANY)
    submit(parents, lambda t: t.put_dataset(dataset(tenant="other"), CHUNKS))
    submit(parents, lambda t: t.put_evidence("other", kept))
    with pytest.raises(NotFound):
        submit(parents, lambda t: t.put_links("other", links))


@pytest.mark.parametrize("count", [3, MANY])
def test_a_link_to_what_was_undone_is_refused(store: Store, count: int) -> None:
    kept, findings, links = rows_of(count)
    submit(store, lambda t: t.put_dataset(dataset(), CHUNKS))
    submit(store, lambda t: t.put_findings(TENANT, findings))

    def undone(transaction: object) -> None:
        transaction.put_evidence(TENANT, kept)  # type: ignore[attr-defined]
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        submit(store, undone)
    with pytest.raises(NotFound):
        submit(store, lambda t: t.put_links(TENANT, links))


def remembered(known: KnownIds, ids: list[str]) -> list[str]:
    unknown = known.unknown("evidence", TENANT, ids)
    numbers = known.numbers("evidence", TENANT, ids)
    assert unknown == [one for one, number in zip(ids, numbers, strict=True) if number == 0]
    return [one for one in ids if one not in set(unknown)]


def test_few_identifiers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_ids, "REMEMBERED", 10)
    known, ids = KnownIds(), [f"e{number}" for number in range(100)]
    for first in range(0, 100, 4):
        rows = [(TENANT, one) for one in ids[first : first + 4]]
        known.add(EVIDENCE.name, rows, last_number=first + 4)
        known.keep()
    left = remembered(known, ids)
    assert left[-10:] == ids[90:]
    assert len(left) <= 30
    assert known.numbers("evidence", TENANT, ids[-10:]) == list(range(91, 101))


def test_what_one_transaction_put_is_remembered_until_enough_others_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known_ids, "REMEMBERED", 10)
    monkeypatch.setattr(known_ids, "MOST_AT_ONCE", 60)
    known, many = KnownIds(), [f"m{number}" for number in range(100)]
    known.add(EVIDENCE.name, [(TENANT, one) for one in many[:50]], last_number=50)
    assert remembered(known, many) == many[:50]
    known.add(EVIDENCE.name, [(TENANT, one) for one in many[50:]], last_number=100)
    assert remembered(known, many) == many[50:]  # together they were too many
    known.keep()
    assert remembered(known, many) == many[50:]
    known.add(FINDING.name, [(TENANT, f"f{number}") for number in range(50)], last_number=50)
    known.keep()
    assert remembered(known, many) == many[50:]  # findings do not push evidence out
    known.add(EVIDENCE.name, [(TENANT, f"n{number}") for number in range(10)], last_number=110)
    known.keep()
    assert remembered(known, many) == []
    known.add(EVIDENCE.name, [(TENANT, one) for one in many], last_number=210)
    assert remembered(known, many) == many[40:]
    assert known.numbers("evidence", TENANT, many[40:42]) == [151, 152]


def test_what_is_forgotten_or_of_another_kind_is_unknown() -> None:
    known = KnownIds()
    known.add(EVIDENCE.name, [(TENANT, "kept"), ("other", "two")], last_number=2)
    known.keep()
    known.add(EVIDENCE.name, [(TENANT, "new")], last_number=3)
    known.add(LINK.name, [(TENANT, "link")], last_number=1)
    assert known.numbers("evidence", TENANT, ["new", "link", "kept", "two"]) == [3, 0, 1, 0]
    assert known.numbers("evidence", "other", ["two"]) == [2]
    assert known.unknown("evidence", TENANT, ["kept", "new", "link"]) == ["link"]
    assert known.unknown("evidence", "other", ["kept"]) == ["kept"]
    known.forget()
    assert known.unknown("evidence", TENANT, ["kept", "new"]) == ["new"]


def test_links_of_several_tenants_in_one_group_are_of_their_own_findings(store: Store) -> None:
    tenants = ["harbour", "other", "third"]
    for tenant in tenants:
        submit(store, lambda t, tenant=tenant: t.put_dataset(dataset(tenant=tenant), CHUNKS))
    kept, findings, links = rows_of(9)

    def put(transaction: Transaction) -> None:
        for number, tenant in enumerate(tenants):
            transaction.put_evidence(tenant, kept)
            transaction.put_findings(tenant, findings[number:])
        for number, tenant in enumerate(tenants):
            transaction.put_links(tenant, links[number:])

    submit(store, put)
    for number, tenant in enumerate(tenants):
        expected = sorted(links[number:], key=lambda link: link.finding_id)
        assert list(store.all_links(tenant)) == expected
        for link in links[number:]:
            assert store.links_of_finding(tenant, link.finding_id) == [link]
    assert store.links_of_finding("third", findings[0].finding_id) == []
    assert store.integrity_problems() == []


def test_findings_of_which_some_were_there_have_their_own_numbers(store: Store) -> None:
    kept, findings, links = rows_of(30)
    submit(store, lambda t: t.put_dataset(dataset(), CHUNKS))
    submit(store, lambda t: (t.put_evidence(TENANT, kept), t.put_findings(TENANT, findings[:20])))
    submit(store, lambda t: (t.put_findings(TENANT, findings[10:]), t.put_links(TENANT, links)))
    for link in links:
        assert store.links_of_finding(TENANT, link.finding_id) == [link]
        key = {"tenant": TENANT, "finding_id": link.finding_id}
        (row,) = [store.log_row("link", key)[1]]
        assert row == (TENANT, link.link_id, link.finding_id, link.evidence_id)
    assert store.integrity_problems() == []
