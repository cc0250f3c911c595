"""Answers that are kept under the very bytes they were asked with, so that no thread is needed.

A body fixes its question, and a run never changes: who sends the same bytes gets the same answer.
"""

from collections.abc import Iterable
from gzip import compress

from litestar.types import Receive, Scope, Send

from seawall.service.content_codings import takes_gzip
from seawall.session.cache import ByteBoundedCache, CacheUse

KNOWN_BYTES = 1 << 26
GZIP_FROM_BYTES = 2_048
GZIP_LEVEL = 1  # most of the gain for a tenth of the time

_OVERHEAD_BYTES = 500  # of an entry, beside its bytes: about
_VARY = (b"vary", b"Accept-Encoding")


class KnownAnswer:
    """JSON that is encoded already; an ASGI application that answers with it.

    It packs itself, once for all that ask: its route is to be left alone by the application.

    Parameters
    ----------
    plain : bytes
        The body of the answer.
    """

    def __init__(self, plain: bytes) -> None:
        self.plain = plain
        self._start = _start(len(plain))
        self._packed = b""
        self._packed_start = self._start

    def is_ready_for(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Tell whether nothing is left to do before these headers can be answered."""
        return bool(self._packed) or not self._packs(headers)

    def pack(self) -> None:
        """Make the packed form, which may take a while."""
        packed = compress(self.plain, GZIP_LEVEL, mtime=0)
        self._packed_start = [*_start(len(packed)), (b"content-encoding", b"gzip"), _VARY]
        self._packed = packed

    def _packs(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        return len(self.plain) >= GZIP_FROM_BYTES and takes_gzip(headers)

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Answer."""
        is_packed = self._packs(scope["headers"]) and self._packed
        headers = self._packed_start if is_packed else self._start
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        body = self._packed if is_packed else self.plain
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _start(size: int) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", b"application/json"), (b"content-length", str(size).encode())]


class KnownAnswers:
    """Answers by whose they are, and what was asked in which bytes."""

    def __init__(self, max_bytes: int = KNOWN_BYTES) -> None:
        self._kept: ByteBoundedCache[KnownAnswer] = ByteBoundedCache(max_bytes)

    def find(self, tenant: str, route: str, body: bytes) -> KnownAnswer | None:
        """Return the answer; None when it is not there."""
        return self._kept.find((tenant, route, body))

    def keep(self, tenant: str, route: str, body: bytes, answer: KnownAnswer) -> None:
        """Keep an answer that can never be another."""
        # Twice, for the packed form.
        weight = _OVERHEAD_BYTES + len(body) + 2 * len(answer.plain)
        self._kept.put((tenant, route, body), answer, weight)

    def use(self) -> CacheUse:
        """Tell how they were used."""
        return self._kept.use()
