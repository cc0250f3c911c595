"""Is an engine well? Its switch, the store that it needs, and a question whose answer is known."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta

from seawall.engine import EngineDeclaration
from seawall.registry import ENGINES
from seawall.service.answers import answer
from seawall.service.documented import described
from seawall.service.health import HealthMonitor
from seawall.service.parts import HttpRequest, Service
from seawall.service.problems import DEGRADED, RETRY_AFTER_S


class EngineHealth(msgspec.Struct, frozen=True):
    """An engine as this process runs it. Each check is ``ok``, or says in a word what fails."""

    status: Annotated[
        Literal["ok", "degraded", "disabled"],
        Meta(description="disabled: it is switched off; degraded: a check is not ok."),
    ]
    engine: Annotated[str, Meta(description="By its name.")]
    engine_version: Annotated[str, Meta(description="The version that this process runs.")]
    checks: Annotated[
        dict[str, str], Meta(description="Each by its name: ok, or in a word what fails.")
    ]


def engine_health_routes(
    service: Service, *, store: HealthMonitor, engines: HealthMonitor
) -> list[HTTPRouteHandler]:
    """Return GET …/health of every engine of the registry; the monitors' results are told."""
    return [_route(service, one, store, engines) for one in ENGINES.values()]


def _route(
    service: Service,
    declaration: EngineDeclaration[Any, Any],
    store: HealthMonitor,
    engines: HealthMonitor,
) -> HTTPRouteHandler:
    @get(
        f"/api/v3/engines/{declaration.wire_name}/health",
        name=f"health {declaration.name}",
        opt=described(
            "Whether the engine answers, and rightly",
            role="read",
            answer=EngineHealth,
            also=(503,),
        ),
    )
    async def health(request: HttpRequest) -> Response[bytes]:
        checks = {**store.checks(), "known_answer": engines.checks()[declaration.name]}
        if any(found != "ok" for found in checks.values()):  # the store is not asked for a switch
            said: Literal["ok", "degraded", "disabled"] = "degraded"
        elif await service.off_loop(lambda: service.switches.is_enabled(declaration.name)):
            said = "ok"
        else:
            said = "disabled"
        found = EngineHealth(said, declaration.name, declaration.version, checks)
        if said == "ok":
            return answer(found)
        request.scope["state"]["problem_code"] = DEGRADED
        return answer(found, status=503, headers={"Retry-After": str(RETRY_AFTER_S)})

    return health
