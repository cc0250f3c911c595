from typing import Any

import pytest

from seawall.errors import InvalidInput
from seawall.service.access.address import client_address, is_loopback


def address(peer: str, *forwarded: str, trusted: tuple[str, ...] = ("10.0.0.0/8", "::1")) -> str:
    headers = [(b"x-forwarded-for", text.encode()) for text in forwarded]
    scope: dict[str, Any] = {"client": (peer, 1), "headers": headers}
    return client_address(trusted)(scope)


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert address("10.0.0.1", "192.0.2.7", trusted=()) == "10.0.0.1"


def test_a_stranger_does_not_choose_their_address() -> None:
    assert address("203.0.113.5", "192.0.2.7") == "203.0.113.5"


def test_a_trusted_proxy_tells_its_client() -> None:
    assert address("10.0.0.1", "192.0.2.7") == "192.0.2.7"


def test_what_the_client_itself_wrote_is_not_believed() -> None:
    assert address("10.0.0.1", "198.51.100.1, 192.0.2.7") == "192.0.2.7"
    assert address("10.0.0.1", "198.51.100.1", "192.0.2.7") == "192.0.2.7"


def test_trusted_proxies_behind_each_other_are_passed() -> None:
    assert address("10.0.0.1", "192.0.2.7, 10.1.1.1, 10.2.2.2") == "192.0.2.7"


@pytest.mark.parametrize("text", ["", "unknown", "a\r\nb", "999.1.1.1", "192.0.2.7:80", "'--"])
def test_what_is_no_address_leaves_the_proxys(text: str) -> None:
    assert address("10.0.0.1", text) == "10.0.0.1"


def test_a_chain_of_trusted_proxies_ends() -> None:
    assert address("10.0.0.1", ", ".join(["10.0.0.2"] * 10_000)) == "10.0.0.2"


def test_a_network_of_ipv6_is_one_address() -> None:
    assert address("2001:db8::1") == address("2001:db8::ffff:1") == "2001:db8::/64"
    assert address("2001:db8:0:1::1") != address("2001:db8::1")


def test_an_ipv4_address_in_ipv6_is_the_ipv4_address() -> None:
    assert address("::ffff:192.0.2.7") == "192.0.2.7"


def test_a_server_without_addresses_has_one() -> None:
    assert client_address(())({"client": None, "headers": []}) == ""


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        client_address(["nginx"])
    assert caught.value.where == "trusted_proxies"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_is_local(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "localhost.example", ""])  # noqa: S104
def test_anything_else_is_not_local(host: str) -> None:
    assert not is_loopback(host)
