"""From which address a request comes, behind the proxies that are trusted and no others."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from seawall.errors import InvalidInput

_FORWARDED = b"x-forwarded-for"
_MAX_HOPS = 16
_Scope = Any  # an ASGI scope


def client_address(trusted_proxies: Iterable[str]) -> Callable[[_Scope], str]:
    """Return a function from a request's scope to its client's address.

    Parameters
    ----------
    trusted_proxies : iterable of str
        Addresses and networks whose X-Forwarded-For is believed: of the addresses that it names,
        the last one that is no trusted proxy. Without any the header is ignored.

    Returns
    -------
    callable
        An IPv4 address, the /64 network of an IPv6 address (one customer has all of it), or an
        empty text where the server knows none.
    """
    networks = tuple(_network(text) for text in trusted_proxies)

    @lru_cache(4_096)
    def client(peer: str, forwarded: bytes) -> str:
        nearest_last = forwarded.decode("latin-1").split(",")[-_MAX_HOPS:]
        current = peer
        while nearest_last and _is_in(current, networks):
            found = _normal(nearest_last.pop().strip())
            if not found:
                break  # whoever wrote that, it is not what a trusted proxy writes
            current = found
        return _grouped(current)

    def of(scope: _Scope) -> str:
        peer = scope.get("client")
        if not peer:
            return ""
        if not networks:
            return _grouped(peer[0])
        said = [value for name, value in scope["headers"] if name == _FORWARDED]
        return client(peer[0], b",".join(said)[-1_024:])

    return of


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise InvalidInput(str(error), where="trusted_proxies") from error


@lru_cache(4_096)
def is_loopback(host: str) -> bool:
    """Tell whether an address, or the name ``localhost``, is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _normal(text: str) -> str:
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(found)


def _is_in(text: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    normal = _normal(text)
    # An address of the other family is in none.
    return bool(normal) and any(ip_address(normal) in network for network in networks)


@lru_cache(4_096)
def _grouped(text: str) -> str:
    normal = _normal(text.partition("%")[0])
    if ":" not in normal or is_loopback(normal):
        return normal or text
    return str(ip_network((normal, 64), strict=False))
