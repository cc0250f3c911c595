"""What each route demands of its caller, stated on the route; a route that states nothing is shut.

A route states one of these as its Litestar ``opt``::

    {"public": True}            nobody is asked who they are
    {"role": "read"}            a credential with this role
    {"credential": "api_key"}   any API key, whatever its roles; or "token": any token

beside a role ``{"operator": True}`` where what is done concerns every tenant: then the caller must
be of the operator's.

No role implies another: a key that manages keys reads no book unless it also has ``read``.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from litestar.routes import BaseRoute, HTTPRoute
from msgspec import Meta

from seawall.errors import InvalidInput

ROLES = ("admin", "execute", "ingest", "read")
Role = Annotated[str, Meta(extra_json_schema={"enum": list(ROLES)})]
"""A role as the document states it; `check_roles` refuses another."""

CREDENTIALS = ("api_key", "token")

_STATEMENTS: Mapping[str, tuple[object, ...]] = {
    "public": (True,),
    "role": ROLES,
    "credential": CREDENTIALS,
}


def check_roles(roles: Iterable[str], *, where: str = "roles") -> tuple[str, ...]:
    """Return roles sorted and each once.

    Raises
    ------
    InvalidInput
        For no role, and for one that does not exist.
    """
    found = tuple(sorted(set(roles)))
    if not found:
        raise InvalidInput("at least one role is needed", where=where)
    if unknown := set(found) - set(ROLES):
        raise InvalidInput(f"there is no role {min(unknown)!r}", where=where)
    return found


def check_routes(routes: Iterable[BaseRoute]) -> None:
    """Refuse an application in which a route does not state what it demands.

    Raises
    ------
    InvalidInput
        ``route_unguarded`` with the route's method and path.
    """
    for route in routes:
        if not isinstance(route, HTTPRoute):
            raise _unguarded(route.path, "is no HTTP route: nothing guards it")
        for handler in route.route_handlers:
            # Litestar adds an OPTIONS handler to each path; it is shut to who has no credential.
            if handler.http_methods != {"OPTIONS"} and not _states_one(handler.opt):
                raise _unguarded(
                    f"{'|'.join(sorted(handler.http_methods))} {route.path}",
                    "must state in opt a role, a credential, or that it is public",
                )


def _states_one(opt: Mapping[str, Any]) -> bool:
    said = [name for name in _STATEMENTS if name in opt]
    if len(said) != 1 or opt.get("operator", False) not in (False, "role" in opt):
        return False
    return opt[said[0]] in _STATEMENTS[said[0]]


def _unguarded(where: str, message: str) -> InvalidInput:
    return InvalidInput(message, where=where, code="route_unguarded")
