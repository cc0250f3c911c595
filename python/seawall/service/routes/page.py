"""The page for people: still files, which ask the service for all that they show."""

from importlib.resources import files

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from seawall.errors import NotFound
from seawall.service.documented import described

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""The page's content security policy: its own files, and a text never becomes markup."""

_INDEX = "index.html"

_KINDS = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


def page_routes() -> list[HTTPRouteHandler]:
    """Return the routes of the page."""
    kept = {
        one.name: one.read_bytes() for one in files("seawall.service").joinpath("page").iterdir()
    }

    def sent(name: str) -> Response[bytes]:
        kind = _KINDS[name[name.rindex(".") :]]
        headers = {"Content-Security-Policy": POLICY}
        return Response(kept[name], media_type=kind, headers=headers)

    @get(
        "/",
        name="page",
        opt=described("The page for people", public=True, answer=str, media_types=("text/html",)),
    )
    async def index() -> Response[bytes]:
        return sent(_INDEX)

    @get(
        "/page/{name:str}",
        name="file of the page",
        opt=described(
            "A file of the page",
            public=True,
            answer=str,
            media_types=tuple(kind for ending, kind in _KINDS.items() if ending != ".html"),
            refusals=(404,),
        ),
    )
    async def file(name: FromPath[str]) -> Response[bytes]:
        if name not in kept or name == _INDEX:
            raise NotFound("the page has no such file", where="name")
        return sent(name)

    return [index, file]
