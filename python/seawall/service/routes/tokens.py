"""Tokens for keys, and the end of tokens."""

import asyncio
from concurrent.futures import Executor
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta
from msgspec.structs import replace

from seawall.errors import InvalidInput
from seawall.service.access.doors import Access
from seawall.service.access.gate import Caller
from seawall.service.access.issuers import MAX_LIFETIME_S
from seawall.service.access.refusals import AUTH_INVALID, CHALLENGE
from seawall.service.access.roles import Role, check_roles
from seawall.service.access.times import utc_text
from seawall.service.access.tokens import LEEWAY_S, LIFETIME_S, TokenRefused, revocation_id
from seawall.service.answers import answer
from seawall.service.bodies import decode_body, json_body
from seawall.service.documented import described
from seawall.service.problems import problem
from seawall.store.operations import OperationWrites
from seawall.store.types import RevokedToken


class TokenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a token shall be good for."""

    roles: Annotated[
        Annotated[tuple[Role, ...], Meta(max_length=16, extra_json_schema={"minItems": 1})] | None,
        Meta(description="Some of the key's; null: all of them."),
    ] = None


class TokenAnswer(msgspec.Struct, frozen=True):
    """A token (as RFC 6749, 5.1)."""

    access_token: Annotated[str, Meta(description="A JWT, for Authorization: Bearer.")]
    token_type: Annotated[str, Meta(description="Bearer.")]
    expires_in: Annotated[int, Meta(description="Seconds.")]
    token_id: Annotated[str, Meta(description="Its jti: what it is revoked by.")]
    roles: Annotated[list[str], Meta(description="All that it may do.")]


class RevokeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose token is revoked."""

    issuer: Annotated[str | None, Meta(description="Whose token it is; null: this service's.")] = (
        None
    )


def token_routes(access: Access, workers: Executor) -> list[HTTPRouteHandler]:
    """Return the routes of tokens."""

    async def revoke(caller: Caller, request_id: str, token_id: str, token: RevokedToken) -> None:
        draft = access.audit.draft(
            "token.revoke",
            "done",
            tenant=caller.principal.tenant,
            actor=caller.principal.actor,
            subject=token_id,
            request_id=request_id,
        )

        def write(transaction: OperationWrites) -> None:
            if transaction.revoke_token(token):
                transaction.append_audit(draft)

        await asyncio.wrap_future(access.store.submit(write))
        await asyncio.get_running_loop().run_in_executor(workers, access.directory.refresh)

    def ended(request: Request[Any, Any, Any], caller: Caller, reason: str) -> Response[bytes]:
        """Refuse a key whose end has come while it was looked at, or is less than a second away."""
        refusal = access.gate.refuse(
            request.scope,
            AUTH_INVALID,
            reason,
            tenant=caller.principal.tenant,
            subject=caller.principal.key_id,
        )
        return problem(
            request,
            refusal.status,
            code=refusal.code.upper(),
            message=refusal.message,
            headers={"WWW-Authenticate": CHALLENGE},
        )

    @post(
        "/auth/token",
        status_code=200,
        opt=described(
            "Exchange an API key for a token of 15 minutes",
            credential="api_key",
            body=TokenRequest,
            may_be_empty=True,
            answer=TokenAnswer,
            refusals=(400, 422),
        ),
    )
    async def issue_token(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Exchange an API key for a token of 15 minutes, with all of its roles or some."""
        body = await json_body(request)
        state = request.scope["state"]
        caller: Caller = state["caller"]
        holder = caller.principal
        asked = decode_body(body, TokenRequest) if body else TokenRequest()
        if asked.roles is not None:
            holder = replace(holder, roles=frozenset(check_roles(asked.roles)))
        if not holder.roles <= caller.principal.roles:
            raise InvalidInput("the key does not have it", where="roles", code="forbidden")
        key = access.directory.live_key(holder.key_id)
        now = access.clocks.now()
        try:
            sent, token = access.tokens.issue(holder, expires_at=key.expires_at if key else 0.0)
        except TokenRefused as refused:
            return ended(request, caller, refused.reason)
        entry = access.audit.draft(
            "login",
            "done",
            tenant=holder.tenant,
            actor=holder.actor,
            subject=token.token_id,
            request_id=state.get("request_id", ""),
            detail={"key_id": holder.key_id, "roles": sorted(holder.roles)},
        )
        await asyncio.wrap_future(access.audit.append(entry))
        return answer(
            TokenAnswer(
                access_token=sent,
                token_type="Bearer",  # noqa: S106 (a scheme's name)
                expires_in=int(token.expires_at - now),
                token_id=token.token_id,
                roles=sorted(holder.roles),
            )
        )

    @post(
        "/auth/revoke",
        status_code=204,
        opt=described(
            "Revoke the token that the request came with",
            credential="token",
            answer=None,
            status=204,
        ),
    )
    async def revoke_own(request: Request[Any, Any, Any]) -> None:
        """Revoke the token that the request came with."""
        state = request.scope["state"]
        caller: Caller = state["caller"]
        if caller.token is not None:
            ends = utc_text(caller.token.expires_at)
            await revoke(
                caller,
                state.get("request_id", ""),
                caller.token.token_id,
                RevokedToken(caller.token.revocation_id, ends),
            )

    @post(
        "/auth/revoke/{token_id:str}",
        status_code=204,
        opt=described(
            "Revoke a token of the tenant by its identifier",
            role="admin",
            body=RevokeRequest,
            may_be_empty=True,
            answer=None,
            status=204,
            refusals=(400, 422),
        ),
    )
    async def revoke_other(request: Request[Any, Any, Any], token_id: FromPath[str]) -> None:
        """Revoke a token of the tenant by its identifier, which the audit of its login has."""
        body = await json_body(request)
        state = request.scope["state"]
        caller: Caller = state["caller"]
        asked = decode_body(body, RevokeRequest) if body else RevokeRequest()
        if not token_id.isprintable() or len(token_id) > 256:
            raise InvalidInput("is no token's identifier", where="token_id")
        issuer = access.tokens.issuer if asked.issuer is None else asked.issuer
        longest = LIFETIME_S if issuer == access.tokens.issuer else MAX_LIFETIME_S
        await revoke(
            caller,
            state.get("request_id", ""),
            token_id,
            RevokedToken(
                revocation_id(caller.principal.tenant, issuer, token_id),
                utc_text(access.clocks.now() + longest + LEEWAY_S),
            ),
        )

    return [issue_token, revoke_own, revoke_other]
