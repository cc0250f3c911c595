"""Failures on the wire: one shape, a code to act on, and never a trace of the inside."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from msgspec import Meta

from seawall.errors import Cancelled, Conflict, InvalidInput, NotFound, SeawallError, StoreError
from seawall.service.problem_codes import STATUS

_log = logging.getLogger("seawall.service")

RETRY_AFTER_S = 1

DEGRADED = "DEGRADED"
"""What a 503 of a health route, which has a body of its own, is counted and logged as."""

MOST_SHOWN = 256
"""Characters of a place; a caller may have put 60,000 of them into a path."""

_EXPECTED = frozenset({"engine_disabled", "overloaded"})
"""Codes of a service that does as it was told: they are counted, and no line of the log tells."""

_KNOWN = frozenset({"store_busy", "store_closed", "store_full"})
"""Codes that say all that there is to know of a cause; a line of the log has no trace for them."""

_GONE = "client disconnected prematurely"  # what Litestar says of a body that did not end


class Problem(msgspec.Struct, frozen=True):
    """The body of every answer that is no success."""

    detail: Annotated[
        str,
        Meta(
            description="A code to act on: one of the errors' reference, in upper case. Which "
            "ones a status has is in its own schema; a later release may have more.",
            extra_json_schema={"pattern": "^[A-Z][A-Z_]*$"},
        ),
    ]
    message: Annotated[str, Meta(description="A sentence for a person; no program reads it.")]
    where: Annotated[
        str,
        Meta(description="The place: records[17].source_system; empty when there is none."),
    ]
    request_id: Annotated[str, Meta(description="The request's, as its header has it.")]


_STATUS_OF_CLASS: tuple[tuple[type[SeawallError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (Cancelled, 409),
    (StoreError, 503),
    (InvalidInput, 422),
)

_HTTP_CODES = {
    400: "body_invalid",
    404: "not_found",
    405: "method_not_allowed",
    415: "unsupported_media_type",
}


def status_of(error: SeawallError) -> int:
    """Return the HTTP status of a failure on purpose; of a code without one that of its class."""
    if error.code in STATUS:
        return STATUS[error.code]
    return next((status for kind, status in _STATUS_OF_CLASS if isinstance(error, kind)), 500)


def wire_code(error: SeawallError) -> str:
    """Return the code as the wire spells it; what is not found names its kind."""
    code = error.code
    if code == NotFound.default_code:
        of_kind = f"{error.where.partition('[')[0]}_{code}"
        code = of_kind if of_kind in STATUS else code
    return code.upper()


def problem(
    request: "Request[Any, Any, Any]",
    status: int,
    *,
    code: str,
    message: str,
    where: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """Make the answer of a failure."""
    given = dict(headers or {})
    if status in (429, 503):
        given.setdefault("Retry-After", str(RETRY_AFTER_S))
    state = request.scope["state"]
    state["problem_code"] = code  # for who counts and logs
    request_id = state.get("request_id", "")
    return Response(
        msgspec.json.encode(Problem(code, message, where[:MOST_SHOWN], request_id)),
        status_code=status,
        media_type="application/json",
        headers=given,
    )


def refused(request: "Request[Any, Any, Any]", error: SeawallError) -> Response[bytes]:
    """Answer a failure on purpose."""
    status = status_of(error)
    if status >= 500 and error.code not in _EXPECTED:
        traced = None if error.code in _KNOWN else error
        _log.warning("%s: %s", error.code, error, exc_info=traced)
    return problem(request, status, code=wire_code(error), message=error.message, where=error.where)


def refused_by_http(request: "Request[Any, Any, Any]", error: HTTPException) -> Response[bytes]:
    """Answer what the routing refuses: paths, methods, sizes."""
    status = error.status_code
    if error.detail == _GONE:  # nobody reads the answer, and nothing of the service failed
        return problem(request, 400, code="BODY_INVALID", message="The body did not end.")
    if status >= 500:
        return failed(request, error)
    if status == 413:
        most = request.route_handler.resolve_request_max_body_size()
        message = f"The body of such a request may have {most:,} bytes."
        return problem(request, status, code="BODY_TOO_LARGE", message=message, where="body")
    return problem(
        request,
        status,
        code=_HTTP_CODES.get(status, "request_refused").upper(),
        message=HTTPStatus(status).phrase,
        where=request.scope["path"] if status in (404, 405) else "",
        headers={k: v for k, v in (error.headers or {}).items() if k.lower() == "allow"},
    )


def failed(request: "Request[Any, Any, Any]", error: Exception) -> Response[bytes]:
    """Answer a defect: its cause is in the log, under the request's id."""
    request_id = request.scope["state"].get("request_id", "")
    _log.error("request %s failed", request_id, exc_info=error)
    return problem(
        request,
        500,
        code="INTERNAL_ERROR",
        message="The service failed; its log tells the cause under this request's id.",
    )


HANDLERS: dict[int | type[Exception], Any] = {
    SeawallError: refused,
    HTTPException: refused_by_http,
    Exception: failed,
}
