"""Access for development: whoever reaches the loopback address may do everything."""

from litestar.types import ASGIApp, Receive, Scope, Send

from seawall.service.access.principal import Principal

ALL_ROLES = frozenset({"admin", "ingest", "read", "execute"})


def dev_access(tenant: str) -> "type[None] | object":
    """Return a middleware that lets everybody in as one principal of a tenant."""
    everybody = Principal(tenant=tenant, actor="dev", roles=ALL_ROLES, key_id="")

    def middleware(app: ASGIApp) -> ASGIApp:
        async def admitted(scope: Scope, receive: Receive, send: Send) -> None:
            scope["state"]["principal"] = everybody
            await app(scope, receive, send)

        return admitted

    return middleware
