"""Every refusal and every write is in the audit, and nobody fills it by knocking."""

import asyncio
import logging
from typing import Any

import msgspec
import pytest

from seawall.service.access.gate import REFUSALS_OF_ADDRESS
from seawall.service.access.middleware import AccessMiddleware
from seawall.store.types import AuditDraft
from service.access.entrance import Entrance, with_key, with_token
from service.access.test_key_attacks import flipped


def test_a_refusal_says_who_where_and_why(entrance: Entrance) -> None:
    entrance.knock(with_key(flipped(entrance)), method="POST")
    (entry,) = entrance.store.audit
    assert (entry.action, entry.outcome, entry.subject) == ("access", "refused", entrance.key_id)
    assert (entry.at, entry.request_id) == ("2026-01-01T12:00:00.000000Z", "r1")
    assert msgspec.json.decode(entry.detail) == {
        "address": "192.0.2.1",
        "code": "auth_invalid",
        "method": "POST",
        "path": "/door",
        "reason": "secret_differs",
    }


def test_a_refusal_of_a_known_caller_belongs_to_their_tenant(entrance: Entrance) -> None:
    entrance.knock(with_key(entrance.key), opt={"role": "admin"})
    (entry,) = entrance.store.audit
    assert (entry.tenant, entry.actor) == ("alpha", f"desk#{entrance.key_id}")


def test_a_refused_token_that_was_ours_belongs_to_its_tenant(entrance: Entrance) -> None:
    token = entrance.token()
    entrance.revoke_key("alpha", entrance.key_id)
    entrance.knock(with_token(token))
    (entry,) = entrance.store.audit
    assert (entry.tenant, entry.subject) == ("alpha", entrance.key_id)


def test_a_guess_at_a_key_enters_no_tenants_audit(entrance: Entrance) -> None:
    entrance.knock(with_key(flipped(entrance)))
    assert [entry.tenant for entry in entrance.store.audit] == [""]


@pytest.mark.parametrize(
    "path", ["/a\r\nfake: entry", "/\x1b[2J", "/\udcff", "/\u202e", "/" * 9999]
)
def test_a_path_cannot_write_into_a_log(entrance: Entrance, path: str) -> None:
    entrance.knock(path=path)
    found = msgspec.json.decode(entrance.store.audit[0].detail)["path"]
    assert found.isprintable()
    assert len(found) <= 1_024


def test_a_flood_is_counted_and_does_not_fill_the_audit(entrance: Entrance) -> None:
    for _ in range(1_000):
        entrance.knock()
    assert len(entrance.store.audit) == REFUSALS_OF_ADDRESS.burst
    entrance.pass_time(1)
    entrance.knock()
    last = msgspec.json.decode(entrance.store.audit[-1].detail)
    assert last["refusals_only_counted_before"] == 1_000 - REFUSALS_OF_ADDRESS.burst


def test_a_flood_from_many_addresses_does_not_fill_it_either(entrance: Entrance) -> None:
    for number in range(3_000):
        entrance.knock(address=f"10.0.{number // 250}.{number % 250}")
    assert len(entrance.store.audit) == 2_000


def test_an_entry_that_the_store_does_not_take_is_logged_and_counted(
    entrance: Entrance, caplog: pytest.LogCaptureFixture
) -> None:
    entrance.store.full = True
    with caplog.at_level(logging.WARNING):
        assert entrance.knock()[0] == 401
        assert entrance.knock()[0] == 401
    assert len(caplog.records) == 2
    entrance.store.full = False
    entrance.knock()
    assert msgspec.json.decode(entrance.store.audit[0].detail)["entries_lost_before"] == 2


def test_a_handler_gets_what_describes_its_write(entrance: Entrance) -> None:
    drafts: list[AuditDraft] = []

    async def handler(scope: Any, _receive: Any, send: Any) -> None:
        drafts.append(scope["state"]["draft"]("dataset.ingest", "dv_1"))

    door = AccessMiddleware(handler, gate=entrance.access.gate)
    route = type("Route", (), {"opt": {"role": "read"}})
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/write",
        "headers": [with_key(entrance.key)],
        "client": ("192.0.2.1", 1),
        "state": {"request_id": "r1"},
        "route_handler": route,
    }
    asyncio.run(door(scope, None, None))  # type: ignore[arg-type]
    (draft,) = drafts
    assert (draft.action, draft.outcome, draft.subject) == ("dataset.ingest", "done", "dv_1")
    assert (draft.tenant, draft.actor, draft.request_id) == (
        "alpha",
        f"desk#{entrance.key_id}",
        "r1",
    )
    assert msgspec.json.decode(draft.detail) == {"address": "192.0.2.1", "by": "api_key"}
