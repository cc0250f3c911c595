"""Which engines there are and answer, and the switch that stops one."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from seawall.engine import EngineDeclaration
from seawall.errors import NotFound
from seawall.provenance import canonical_json
from seawall.registry import ENGINES
from seawall.service.answers import answer
from seawall.service.bodies import decode_body, json_body
from seawall.service.documented import described
from seawall.service.parts import HttpRequest, Service, principal_of
from seawall.store.interface import Transaction
from seawall.store.types import AuditDraft, EngineSwitch

BASE = "/api/v3/engine-registry"


class EngineEntry(msgspec.Struct, frozen=True):
    """An engine that answers."""

    name: Annotated[str, Meta(description="As the ledger names it.")]
    wire_name: Annotated[str, Meta(description="As routes name it.")]
    version: Annotated[str, Meta(description="Another version may give other figures.")]
    evidence_kinds: Annotated[
        tuple[str, ...], Meta(description="Kinds of evidence that its runs leave.")
    ]


class EnabledEngines(msgspec.Struct, frozen=True):
    """The engines that answer now."""

    engines: Annotated[list[EngineEntry], Meta(description="Without those that are switched off.")]


class SwitchRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether an engine is to answer, and why."""

    enabled: Annotated[bool, Meta(description="Whether it is to answer.")]
    reason: Annotated[
        Annotated[str, Meta(max_length=200, pattern=r"^[^\u0000]*$")],
        Meta(description="For the audit."),
    ] = ""


class SwitchAnswer(msgspec.Struct, frozen=True):
    """An engine's switch as it is now."""

    engine: Annotated[str, Meta(description="By its name.")]
    enabled: Annotated[bool, Meta(description="Whether it answers.")]
    reason: Annotated[str, Meta(description="As it was given.")]
    changed_at: Annotated[str, Meta(description="When, in UTC.")]
    changed_by: Annotated[str, Meta(description="Who switched it.")]


def engine_registry_routes(service: Service) -> list[HTTPRouteHandler]:
    """Return the routes of the registry of engines."""

    @get(
        f"{BASE}/enabled",
        opt=described("The engines that answer", role="read", answer=EnabledEngines),
    )
    async def enabled() -> Response[bytes]:
        def work() -> EnabledEngines:
            answering = [e for e in ENGINES.values() if service.switches.is_enabled(e.name)]
            return EnabledEngines(
                [
                    EngineEntry(
                        e.name,
                        e.wire_name,
                        e.version,
                        tuple(kind.name for kind in e.evidence_kinds),
                    )
                    for e in answering
                ]
            )

        return answer(await service.off_loop(work))

    @put(
        f"{BASE}/{{wire_name:str}}/switch",
        opt=described(
            "Switch an engine on or off, for every process at once",
            role="admin",
            operator=True,
            body=SwitchRequest,
            answer=SwitchAnswer,
            refusals=(400, 404, 413, 422, 503),
        ),
    )
    async def switch(request: HttpRequest, wire_name: FromPath[str]) -> Response[bytes]:
        said = decode_body(await json_body(request), SwitchRequest)
        engine = _engine(wire_name)
        principal = principal_of(request)
        made = EngineSwitch(engine.name, said.enabled, said.reason, service.now(), principal.actor)
        audit = AuditDraft(
            tenant=principal.tenant,
            at=made.changed_at,
            actor=principal.actor,
            action="engine.enable" if said.enabled else "engine.disable",
            outcome="done",
            subject=engine.name,
            request_id=request.scope["state"].get("request_id", ""),
            detail=canonical_json({"reason": said.reason}),
        )

        def write(tx: Transaction) -> None:
            tx.set_engine_switch(made)
            tx.append_audit(audit)  # in one transaction: no switch without its entry

        await service.committed(write)
        service.switches.forget()
        return answer(SwitchAnswer(**msgspec.structs.asdict(made)))

    return [enabled, switch]


def _engine(wire_name: str) -> EngineDeclaration[Any, Any]:
    for declaration in ENGINES.values():
        if declaration.wire_name == wire_name:
            return declaration
    names = ", ".join(e.wire_name for e in ENGINES.values())
    raise NotFound(f"there are {names}", where=f"engine[{wire_name[:64]}]")
