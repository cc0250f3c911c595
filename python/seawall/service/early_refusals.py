"""Who finds no place is told in bytes that are ready, before there is a request.

Where twice as much comes as can be served, what a refusal costs is taken from the answers: through
the application it is a third of an answer that is known, here a quarter.
"""

from collections.abc import Iterable

import msgspec

from seawall.service.access.security_headers import SECURITY_HEADERS
from seawall.service.admission import NEVER_WAIT, OVERLOADED, Admission, name_of
from seawall.service.precedence import Precedence
from seawall.service.problems import Problem
from seawall.service.request_ids import request_id_of
from seawall.service.telemetry.logs import RequestLog
from seawall.service.telemetry.metrics import UNMATCHED, Metrics

CODE = OVERLOADED.code.upper()

_NEVER = frozenset(path.encode() for path in NEVER_WAIT)
_ID = "{}"


class EarlyRefusals:
    """Refuses at the door of `Admission`, and is counted and logged as everything is.

    Once somebody waits there, who comes is read and told before the threads go on.
    """

    def __init__(
        self,
        admission: Admission,
        precedence: Precedence,
        metrics: Metrics,
        log: RequestLog | None,
    ) -> None:
        self._door = admission.door
        self._precedence = precedence
        self._metrics = metrics
        self._log = log
        body = msgspec.json.encode(Problem(CODE, OVERLOADED.message, "", _ID))
        self._body_bytes = len(body) - len(_ID)
        self._before, self._after = body.split(_ID.encode())
        headers = [
            *SECURITY_HEADERS,
            (b"content-type", b"application/json"),
            (b"retry-after", b"%d" % OVERLOADED.retry_after_s),
        ]
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        self._head = b"HTTP/1.1 503 Service Unavailable\r\n" + lines

    def answer(
        self, method: bytes, url: bytes, headers: Iterable[tuple[bytes, bytes]]
    ) -> bytes | None:
        """Return the whole answer to a request that finds no place, else nothing."""
        if self._door.turns.waiting:
            self._precedence.claim()
        if url.partition(b"?")[0] in _NEVER or self._door.expects(name_of(headers)):
            return None
        began = self._metrics.clock()
        request_id = request_id_of(headers)
        brought = request_id.encode()
        answer = b"%scontent-length: %d\r\nx-request-id: %s\r\n\r\n%s%s%s" % (
            self._head,
            self._body_bytes + len(brought),
            brought,
            self._before,
            brought,
            self._after,
        )
        self._note(request_id, method.decode("ascii"), began)
        return answer

    def _note(self, request_id: str, method: str, began: float) -> None:
        seconds = self._metrics.clock() - began
        self._metrics.answered(UNMATCHED, method, OVERLOADED.status, seconds)
        self._metrics.refused(CODE)
        if self._log is not None:
            state = {"request_id": request_id, "problem_code": CODE}
            self._log.answered(
                state, route=UNMATCHED, method=method, status=OVERLOADED.status, seconds=seconds
            )
