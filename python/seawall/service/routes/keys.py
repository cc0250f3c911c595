"""API keys of a tenant: made, listed and revoked by its admins."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from seawall.errors import InvalidInput, LimitExceeded
from seawall.service.access.doors import Access
from seawall.service.access.keys import KEY_NAME, new_key
from seawall.service.access.principal import Principal
from seawall.service.access.roles import Role, check_roles
from seawall.service.access.times import utc_text
from seawall.service.answers import answer
from seawall.service.bodies import decode_body, json_body
from seawall.service.documented import described
from seawall.store.operations import OperationWrites
from seawall.store.types import ApiKey

MAX_LIVE_KEYS = 1_000
"""Of a tenant."""


class KeyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key that shall be made."""

    name: Annotated[
        str,
        Meta(
            description="For people and for the audit; it need not be unique.",
            extra_json_schema={"pattern": KEY_NAME, "minLength": 1, "maxLength": 64},
        ),
    ]
    roles: Annotated[
        tuple[Role, ...],
        Meta(
            max_length=16,
            description="All that it may do; none that who makes it does not have.",
            extra_json_schema={"minItems": 1},
        ),
    ]
    expires_at: Annotated[
        Annotated[str, Meta(extra_json_schema={"format": "date-time"})] | None,
        Meta(description="With its zone, in the future; null: until it is revoked."),
    ] = None


class KeyAnswer(msgspec.Struct, frozen=True):
    """What is told of a key."""

    key_id: Annotated[str, Meta(description="The part of the key that is no secret.")]
    name: Annotated[str, Meta(description="For people; it need not be unique.")]
    roles: Annotated[tuple[str, ...], Meta(description="All that it may do.")]
    created_at: Annotated[str, Meta(description="When it was made, in UTC.")]
    created_by: Annotated[str, Meta(description="Who made it.")]
    expires_at: Annotated[
        str | None, Meta(description="Until when it lets in, in UTC; null: until it is revoked.")
    ]
    revoked_at: Annotated[
        str | None, Meta(description="When it was revoked, in UTC; null: it was not.")
    ]


class NewKeyAnswer(KeyAnswer, frozen=True, kw_only=True):
    """A key as it is shown, this once."""

    key: Annotated[str, Meta(description="Its secret too: nothing shows it again.")]


class KeyList(msgspec.Struct, frozen=True):
    """Every key of a tenant, the oldest first."""

    keys: Annotated[list[KeyAnswer], Meta(description="Without their secrets.")]


def key_routes(access: Access, workers: Executor) -> list[HTTPRouteHandler]:
    """Return the routes of keys."""

    def draft(request: "Request[Any, Any, Any]", action: str, key_id: str, **detail: Any) -> Any:
        state = request.scope["state"]
        principal: Principal = state["principal"]
        return access.audit.draft(
            action,
            "done",
            tenant=principal.tenant,
            actor=principal.actor,
            subject=key_id,
            request_id=state.get("request_id", ""),
            detail=detail,
        )

    async def refreshed() -> None:
        await asyncio.get_running_loop().run_in_executor(workers, access.directory.refresh)

    async def off_loop(work: Callable[[], list[ApiKey]]) -> list[ApiKey]:
        return await asyncio.get_running_loop().run_in_executor(workers, work)

    @post(
        "/api/v3/keys",
        opt=described(
            "Make an API key",
            role="admin",
            body=KeyRequest,
            answer=NewKeyAnswer,
            status=201,
            refusals=(400, 422),
        ),
    )
    async def create_key(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Make a key; it is shown in this answer and never again."""
        body = await json_body(request)
        principal: Principal = request.scope["state"]["principal"]
        asked = decode_body(body, KeyRequest)
        if not set(check_roles(asked.roles)) <= principal.roles:
            raise InvalidInput(
                "nobody gives a role that they do not have", where="roles", code="forbidden"
            )
        now = utc_text(access.clocks.now())
        shown, key = new_key(
            principal.tenant,
            asked.name,
            asked.roles,
            secret=access.hash_secret,
            created_at=now,
            created_by=principal.actor,
            expires_at=asked.expires_at,
            random=access.clocks.random,
        )
        live = await off_loop(partial(access.store.live_api_keys, now, tenant=principal.tenant))
        if len(live) >= MAX_LIVE_KEYS:
            raise LimitExceeded(f"the tenant has {MAX_LIVE_KEYS:,} keys", where="keys")
        entry = draft(request, "api_key.create", key.key_id, **key.told())

        def write(transaction: OperationWrites) -> None:
            transaction.put_api_key(key)
            transaction.append_audit(entry)

        await asyncio.wrap_future(access.store.submit(write))
        await refreshed()
        return answer(NewKeyAnswer(**_told(key), key=shown), status=201)

    @get("/api/v3/keys", opt=described("The tenant's API keys", role="admin", answer=KeyList))
    async def list_keys(request: Request[Any, Any, Any]) -> Response[bytes]:
        """List the keys of the tenant, revoked and expired ones too."""
        principal: Principal = request.scope["state"]["principal"]
        keys = await off_loop(partial(access.store.api_keys, principal.tenant))
        return answer(KeyList([KeyAnswer(**_told(key)) for key in keys]))

    @post(
        "/api/v3/keys/{key_id:str}/revoke",
        status_code=204,
        opt=described(
            "Revoke an API key, and every token that rests on it",
            role="admin",
            answer=None,
            status=204,
            refusals=(404,),
        ),
    )
    async def revoke_key(request: Request[Any, Any, Any], key_id: FromPath[str]) -> None:
        """Revoke a key for good, and every token that rests on it."""
        principal: Principal = request.scope["state"]["principal"]
        now = utc_text(access.clocks.now())
        entry = draft(request, "api_key.revoke", key_id)

        def write(transaction: OperationWrites) -> None:
            if transaction.revoke_api_key(principal.tenant, key_id, now):
                transaction.append_audit(entry)

        await asyncio.wrap_future(access.store.submit(write))
        await refreshed()

    return [create_key, list_keys, revoke_key]


def _told(key: ApiKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in KeyAnswer.__struct_fields__}
