"""HEAD: what GET would answer, without its body, as who balances loads asks for health."""

from collections.abc import Awaitable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send


def with_head(app: ASGIApp) -> ASGIApp:
    """Wrap an application that knows GET; the server, which knows of HEAD, leaves the body out."""

    def asked(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == ScopeType.HTTP and scope["method"] == "HEAD":
            scope = HTTPScope(**{**scope, "method": "GET"})  # a copy: the server looks at its own
        return app(scope, receive, send)

    return asked
