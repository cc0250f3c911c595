"""What the service offers, for tools and for readers."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from seawall.service.answers import answer_bytes
from seawall.service.docs_page import POLICY, docs_page
from seawall.service.documented import described


class Documents:
    """The document and its page, made once the application knows all of its routes."""

    def __init__(self) -> None:
        self._encoded = b"{}"
        self._page = b""

    def make(self, document: dict[str, Any]) -> None:
        """Keep a document as it is sent."""
        self._encoded = msgspec.json.encode(document)
        self._page = docs_page(document).encode()

    def routes(self) -> list[HTTPRouteHandler]:
        """Return the routes of the document and its page."""

        @get(
            "/openapi.json",
            opt=described("This document", public=True, answer=dict[str, Any]),
        )
        async def openapi() -> Response[bytes]:
            return answer_bytes(self._encoded)

        @get(
            "/docs",
            opt=described(
                "This document as a page", public=True, answer=str, media_types=("text/html",)
            ),
        )
        async def docs() -> Response[bytes]:
            headers = {"Content-Security-Policy": POLICY}
            return Response(self._page, media_type="text/html", headers=headers)

        return [openapi, docs]
