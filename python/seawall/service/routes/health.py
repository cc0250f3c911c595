"""Is the service well? Answered at once, from what was last tried."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta

from seawall.service.answers import answer
from seawall.service.documented import described
from seawall.service.health import HealthMonitor
from seawall.service.parts import HttpRequest
from seawall.service.problems import DEGRADED, RETRY_AFTER_S


class HealthAnswer(msgspec.Struct, frozen=True):
    """Each check is ``ok``, or says in a word what fails."""

    status: Annotated[Literal["ok", "degraded"], Meta(description="degraded: a check is not ok.")]
    checks: Annotated[
        dict[str, str], Meta(description="Each by its name: ok, or in a word what fails.")
    ]


def health_routes(monitor: HealthMonitor) -> list[HTTPRouteHandler]:
    """Return GET /health."""

    @get(
        "/health",
        opt=described(
            "Whether the service can read, write and link",
            public=True,
            answer=HealthAnswer,
            also=(503,),
        ),
    )
    async def health(request: HttpRequest) -> Response[Any]:
        checks = monitor.checks()
        if all(found == "ok" for found in checks.values()):
            return answer(HealthAnswer("ok", checks))
        request.scope["state"]["problem_code"] = DEGRADED
        return answer(
            HealthAnswer("degraded", checks),
            status=503,
            headers={"Retry-After": str(RETRY_AFTER_S)},
        )

    return [health]
