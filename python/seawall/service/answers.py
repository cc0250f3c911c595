"""Answers: encoded once, as bytes."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response

_ENCODER = msgspec.json.Encoder()


def answer(
    document: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """Answer with a document as JSON."""
    return answer_bytes(_ENCODER.encode(document), status=status, headers=headers)


def answer_bytes(
    encoded: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """Answer with JSON that is encoded already."""
    return Response(encoded, status_code=status, media_type="application/json", headers=headers)
