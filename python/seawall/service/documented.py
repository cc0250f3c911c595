"""What a route says of itself: who may call it, what it takes and what it answers."""

from typing import Any

import msgspec


class Described(msgspec.Struct, frozen=True):
    """One operation as the OpenAPI document states it. Types are what msgspec makes schemas of."""

    summary: str
    answer: Any  # the type of the body of a success
    status: int = 200
    body: Any = None  # the type of a JSON body; None: there is none
    files: tuple[str, ...] = ()  # media types of a body that is a file
    query: type[msgspec.Struct] | None = None
    refusals: tuple[int, ...] = ()  # statuses beside those that any route may answer
    media_type: str = "application/json"  # of the answer


def described(
    summary: str,
    *,
    answer: Any,
    role: str = "",
    status: int = 200,
    body: Any = None,
    files: tuple[str, ...] = (),
    query: type[msgspec.Struct] | None = None,
    refusals: tuple[int, ...] = (),
    media_type: str = "application/json",
) -> dict[str, Any]:
    """Return a route's options; one without a role is open to everybody."""
    said = Described(
        summary=summary,
        answer=answer,
        status=status,
        body=body,
        files=files,
        query=query,
        refusals=refusals,
        media_type=media_type,
    )
    access = {"role": role} if role else {"public": True}
    return {**access, "described": said}
