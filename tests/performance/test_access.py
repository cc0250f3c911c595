"""What the doors cost a request whose credential is good."""

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.service.access.entrance import Entrance, Header, with_key, with_token

from seawall.service.access.doors import AccessOptions
from seawall.service.access.middleware import AccessMiddleware
from seawall.service.access.rate_limit import Rate

pytestmark = pytest.mark.performance

ALLOWED_US = 20.0
REQUESTS = 5_000


def cost_us(entrance: Entrance, credential: Header) -> float:
    """The least processor time of a request, of several rounds."""
    reached = 0

    async def inside(_scope: Any, _receive: Any, _send: Any) -> None:
        nonlocal reached
        reached += 1

    door: Any = AccessMiddleware(inside, gate=entrance.access.gate)
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), credential]
    route = SimpleNamespace(opt={"role": "read"})

    async def one_round() -> float:
        begun = time.thread_time()
        for _ in range(REQUESTS):
            scope = {
                "type": "http",
                "method": "POST",
                "path": "/door",
                "headers": headers,
                "client": ("192.0.2.1", 1),
                "state": {},
                "route_handler": route,
            }
            await door(scope, None, None)
        return (time.thread_time() - begun) / REQUESTS * 1e6

    rounds = [asyncio.run(one_round()) for _ in range(7)]
    assert reached == 7 * REQUESTS
    return min(rounds)


def test_a_good_credential_costs_a_few_microseconds(tmp_path: Path) -> None:
    often = Rate(per_second=1e6, burst=1_000_000)
    entrance = Entrance(tmp_path, AccessOptions(key_rate=often, address_rate=often))
    for name, credential in (
        ("key", with_key(entrance.key)),
        ("token seen before", with_token(entrance.token())),
    ):
        cost = cost_us(entrance, credential)
        print(f"{name}: {cost:.1f} us of processor time")  # noqa: T201
        assert cost < ALLOWED_US
