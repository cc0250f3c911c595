"""In which form a request takes its answer: as it is, or packed by gzip (RFC 9110, 12.5.3)."""

import re
from collections.abc import Iterable
from functools import lru_cache

from litestar.enums import CompressionEncoding
from litestar.middleware.compression import CompressionMiddleware
from litestar.types import Receive, Scope, Send

_CODING = re.compile(r"\s*([^\s;,]+)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?")


def takes_gzip(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether a request with these headers takes gzip, and at least as gladly as no packing.

    What is malformed of its ``Accept-Encoding`` counts for nothing; without one it takes none.
    """
    return _takes_gzip(b",".join(value for name, value in headers if name == b"accept-encoding"))


class GzipWhereTaken(CompressionMiddleware):
    """Packs answers for whoever takes them so; Litestar's own looks for the word alone."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if takes_gzip(scope["headers"]):
            send = self.create_compression_send_wrapper(
                send=send, compression_encoding=CompressionEncoding.GZIP, scope=scope
            )
        await self.app(scope, receive, send)


@lru_cache(64)  # an endless head is refused before: a few megabytes at most
def _takes_gzip(said: bytes) -> bool:
    weights: dict[str, float] = {}
    for one in said.decode("latin-1").lower().split(","):
        if matched := _CODING.fullmatch(one):
            weights[matched[1].removeprefix("x-")] = float(matched[2] or 1)  # x-gzip is gzip
    others = weights.get("*", 0.0)
    gzip, plain = weights.get("gzip", others), weights.get("identity", others)
    return gzip > 0 and gzip >= plain
