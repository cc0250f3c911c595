"""What the doors answer to who is not let in."""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

import msgspec
from litestar.types import Send

from seawall.service.problems import Problem

CHALLENGE = 'Bearer realm="seawall"'
"""What ``WWW-Authenticate`` says: which credentials there are."""


class Refusal(msgspec.Struct, frozen=True):
    """One answer; it never says what was wrong with a credential, only that it is no good."""

    status: int
    code: str
    message: str
    challenge: bool = False  # tells which credentials there are
    retry_after_s: float = 0.0


AUTH_REQUIRED = Refusal(
    401,
    code="auth_required",
    message="Send an API key as X-API-Key, or a token as Authorization: Bearer.",
    challenge=True,
)
AUTH_INVALID = Refusal(
    401, code="auth_invalid", message="The credential is not valid.", challenge=True
)
ACCESS_CLOSED = Refusal(
    503,
    code="access_closed",
    message="There is no API key and no trusted issuer yet, so nobody is let in.",
    retry_after_s=5.0,
)
ACCESS_UNKNOWN = Refusal(
    503,
    code="access_unknown",
    message="The store does not tell which keys were revoked, so nobody is let in.",
    retry_after_s=1.0,
)
FORBIDDEN = Refusal(403, code="forbidden", message="The credential does not allow this.")
NOT_LOCAL = Refusal(403, code="forbidden", message="Development mode serves this machine only.")


def throttled(wait_s: float) -> Refusal:
    """Answer to who failed too often."""
    return Refusal(
        429,
        code="auth_throttled",
        message="Too many credentials that are not valid.",
        retry_after_s=wait_s,
    )


def rate_limited(wait_s: float) -> Refusal:
    """Answer to who asks too often."""
    return Refusal(429, code="rate_limited", message="Too many requests.", retry_after_s=wait_s)


async def send_refusal(
    scope: Mapping[str, Any],
    send: Send,
    refusal: Refusal,
    *,
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> None:
    """Send a refusal as the one shape of all problems."""
    code = scope["state"]["problem_code"] = refusal.code.upper()
    body = msgspec.json.encode(
        Problem(
            detail=code,
            message=refusal.message,
            where="",
            request_id=scope["state"].get("request_id", ""),
        )
    )
    headers = [
        *headers,
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    if refusal.challenge:
        headers.append((b"www-authenticate", CHALLENGE.encode()))
    if refusal.retry_after_s:
        headers.append((b"retry-after", str(ceil(refusal.retry_after_s)).encode()))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
