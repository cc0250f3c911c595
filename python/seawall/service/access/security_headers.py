"""Headers that tell a browser to be careful, on every answer that does not set its own."""

from litestar.types import HTTPResponseStartEvent

SECURITY_HEADERS = (
    # An answer is data: a page that the service shows states its own policy.
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


def with_security_headers(message: HTTPResponseStartEvent) -> None:
    """Add to the start of an answer what it does not say itself."""
    headers = list(message["headers"])
    said = {name.lower() for name, _ in headers}
    headers += [header for header in SECURITY_HEADERS if header[0] not in said]
    message["headers"] = headers
