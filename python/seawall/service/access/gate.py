"""The doors: from the headers of a request to who asks, or to why nobody is let in."""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import blake2b
from typing import Any, Literal

import msgspec

from seawall.service.access.audit import AuditTrail, shown
from seawall.service.access.directory import KeyDirectory, KeyRefused
from seawall.service.access.principal import Principal
from seawall.service.access.rate_limit import Rate, RateLimiter
from seawall.service.access.refusals import (
    ACCESS_CLOSED,
    ACCESS_UNKNOWN,
    AUTH_INVALID,
    AUTH_REQUIRED,
    NOT_LOCAL,
    Refusal,
    rate_limited,
    throttled,
)
from seawall.service.access.throttle import Throttle
from seawall.service.access.tokens import CheckedToken, TokenRefused, Tokens
from seawall.store.types import AuditDraft

MAX_CHECKED_TOKENS = 16_384
REFUSALS_OF_ADDRESS = Rate(per_second=1.0, burst=100)
REFUSALS_OF_ALL = Rate(per_second=20.0, burst=2_000)
LOOKS_OF_HOLDER = Rate(per_second=1.0, burst=10)
LOOKS_OF_SIGNER = Rate(per_second=200.0, burst=400)
"""Signatures that are checked for addresses that keep failing, of one holder at one address and of
all tokens under one key: bad keys take none of them, nor do tokens that name no key of ours."""

_Scope = Mapping[str, Any]


class Caller(msgspec.Struct, frozen=True):
    """Who asks, and by which kind of credential."""

    principal: Principal
    credential: Literal["api_key", "token"]
    token: CheckedToken | None = None


class Gate:
    """Lets in who holds a valid key or token. For one thread, the event loop's.

    Parameters
    ----------
    directory : KeyDirectory
        The keys and revocations.
    tokens : Tokens
        Checks tokens.
    per_key, per_address : RateLimiter
        How often who may ask.
    throttle : Throttle
        Counts credentials that are not valid.
    audit : AuditTrail
        Has every refusal.
    address_of : callable
        From a scope to its client's address.
    clock, monotonic : callable
        Seconds since 1970, and seconds that never go back.
    operator_tenant : str
        Whose admins may do what concerns every tenant.
    has_issuers : bool
        Whether an external issuer lets anybody in: then no key is needed.
    local_only : callable, optional
        Tells whether an address is this machine's own; others are refused.
    """

    def __init__(
        self,
        *,
        directory: KeyDirectory,
        tokens: Tokens,
        per_key: RateLimiter,
        per_address: RateLimiter,
        throttle: Throttle,
        audit: AuditTrail,
        address_of: Callable[[_Scope], str],
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        operator_tenant: str,
        has_issuers: bool = False,
        local_only: Callable[[str], bool] | None = None,
    ) -> None:
        self._directory = directory
        self._tokens = tokens
        self._per_key = per_key
        self._per_address = per_address
        self._throttle = throttle
        self._audit = audit
        self._address_of = address_of
        self._clock = clock
        self.operator_tenant = operator_tenant
        self._has_issuers = has_issuers
        self._local_only = local_only
        self._checked: dict[bytes, CheckedToken] = {}
        self._looks_of_holder = RateLimiter(LOOKS_OF_HOLDER, clock=monotonic)
        self._looks_of_signer = RateLimiter(LOOKS_OF_SIGNER, clock=monotonic)
        self._of_address = RateLimiter(REFUSALS_OF_ADDRESS, clock=monotonic)
        self._of_all = RateLimiter(REFUSALS_OF_ALL, clock=monotonic)
        self._only_counted = 0

    def admit(self, scope: _Scope) -> Caller | Refusal:
        """Find out who asks, and whether they may ask now."""
        address = self._address_of(scope)
        if self._local_only is not None and not self._local_only(address):
            return self.refuse(scope, NOT_LOCAL, "not_local")
        if wait := self._per_address.take(address):
            return self.refuse(scope, rate_limited(wait), "address")
        if self._directory.is_stale():
            return ACCESS_UNKNOWN
        try:
            caller = self._caller(scope, address)
        except KeyRefused as refused:
            return self._failed(
                scope, address, refused.reason, key_id=refused.key_id, tenant=refused.tenant
            )
        except TokenRefused as refused:
            said = refused.said
            if said is None:
                return self._failed(scope, address, refused.reason)
            return self._failed(
                scope, address, refused.reason, key_id=said.key_id, tenant=said.tenant
            )
        if isinstance(caller, Refusal):
            return caller
        principal = caller.principal
        if wait := self._per_key.take(principal.key_id):
            return self.refuse(
                scope,
                rate_limited(wait),
                "key",
                tenant=principal.tenant,
                actor=principal.actor,
            )
        return caller

    def _caller(self, scope: _Scope, address: str) -> Caller | Refusal:
        key = bearer = None
        for name, value in scope["headers"]:
            if name == b"x-api-key":
                if key is not None:
                    raise KeyRefused("several_credentials", key_id=None)
                key = value
            elif name == b"authorization":
                if bearer is not None:
                    raise TokenRefused("several_credentials")
                bearer = value
        if key is None:
            return self._nobody(scope) if bearer is None else self._by_token(bearer, address)
        if bearer is not None:
            raise KeyRefused("several_credentials", key_id=None)
        return Caller(self._directory.check(key), "api_key")

    def _nobody(self, scope: _Scope) -> Refusal:
        if not self._has_issuers and not self._directory.has_live_keys():
            return self.refuse(scope, ACCESS_CLOSED, "no_key_exists")
        return self.refuse(scope, AUTH_REQUIRED, "no_credential")

    def _by_token(self, bearer: bytes, address: str) -> Caller | Refusal:
        if bearer[:7].lower() != b"bearer ":
            raise TokenRefused("scheme")
        sent = bearer[7:]
        name = blake2b(sent, digest_size=32).digest()
        token = self._checked.get(name)
        if token is None:
            if self._throttle.blocked(address) and not self._is_worth_a_look(sent, address):
                raise TokenRefused("not_looked_at")
            token = self._tokens.check(sent)
            if len(self._checked) >= MAX_CHECKED_TOKENS:
                del self._checked[next(iter(self._checked))]
            self._checked[name] = token
        elif token.expires_at <= self._clock():
            del self._checked[name]
            raise TokenRefused("expired", said=token.principal)
        if self._directory.is_revoked(token.revocation_id):
            raise TokenRefused("revoked", said=token.principal)
        return Caller(self._holder(token), "token", token)

    def _is_worth_a_look(self, sent: bytes, address: str) -> bool:
        """Tell whether a signature is checked for who comes from an address that keeps failing.

        It costs a hundred times what a key does, so who forges tokens must not have all of them
        checked; nor may who sends bad keys shut out everybody with a new token beside them. A
        forger has to name a key that lets somebody in, and spends the looks of its holder there
        and of nobody else.
        """
        said = self._tokens.claimed(sent)
        if said.rests_on_key and self._directory.live_key(said.holder) is None:
            return False
        return not (
            self._looks_of_holder.take((address, said.kid, said.holder))
            or self._looks_of_signer.take(said.kid)
        )

    def _holder(self, token: CheckedToken) -> Principal:
        said = token.principal
        if not token.rests_on_key:
            return said
        key = self._directory.live_key(said.key_id)
        if key is None or key.principal.tenant != said.tenant:
            raise TokenRefused("its_key_is_gone", said=said)
        if said.roles >= key.principal.roles:
            return key.principal
        return Principal(
            said.tenant, key.principal.actor, said.roles & key.principal.roles, said.key_id
        )

    def _failed(
        self,
        scope: _Scope,
        address: str,
        reason: str,
        *,
        key_id: str | None = None,
        tenant: str = "",
    ) -> Refusal:
        wait = self._throttle.failed(address, key_id)
        refusal = throttled(wait) if wait else AUTH_INVALID
        return self.refuse(scope, refusal, reason, subject=key_id or "", tenant=tenant)

    def refuse(
        self,
        scope: _Scope,
        refusal: Refusal,
        reason: str,
        *,
        tenant: str = "",
        actor: str = "",
        subject: str = "",
    ) -> Refusal:
        """Enter a refusal into the audit, and return it.

        Who floods must not fill the disk: beyond `REFUSALS_OF_ADDRESS` and `REFUSALS_OF_ALL`
        refusals are only counted, and the next entry tells how many.
        """
        address = self._address_of(scope)
        if self._of_address.take(address) or self._of_all.take(""):
            self._only_counted += 1
            return refusal
        counted, self._only_counted = self._only_counted, 0
        detail: dict[str, Any] = {
            "code": refusal.code,
            "reason": reason,
            "address": shown(address),
            "method": shown(scope["method"]),
            "path": shown(scope["path"]),
        }
        if counted:
            detail["refusals_only_counted_before"] = counted
        self._audit.record(
            "access",
            "refused",
            tenant=tenant,
            actor=actor,
            subject=subject,
            request_id=scope["state"].get("request_id", ""),
            detail=detail,
        )
        return refusal

    def drafting(self, scope: _Scope, caller: Caller) -> Callable[[str, str], AuditDraft]:
        """Return what describes a write, for who appends it in the same transaction.

        It takes the action, such as ``dataset.ingest``, and the identifier of what was written.

        The request keeps it, so it does not keep the request: a cycle would outlive the answer
        until the collector stops everybody to find it.
        """
        request_id = scope["state"].get("request_id", "")
        return partial(self._draft_of, request_id, self._address_of(scope), caller)

    def _draft_of(
        self, request_id: str, address: str, caller: Caller, action: str, subject: str
    ) -> AuditDraft:
        return self._audit.draft(
            action,
            "done",
            tenant=caller.principal.tenant,
            actor=caller.principal.actor,
            subject=subject,
            request_id=request_id,
            detail={"address": shown(address), "by": caller.credential},
        )
