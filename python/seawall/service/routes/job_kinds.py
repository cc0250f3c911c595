"""What is done for the jobs of each kind, of what the store keeps of them alone."""

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from seawall.engine import EngineDeclaration
from seawall.native import RunControl
from seawall.registry import ENGINES
from seawall.service.bodies import decode_body
from seawall.service.jobs import Audited, JobKind
from seawall.service.parts import Service
from seawall.service.routes.engine_runs import run_entry, run_request
from seawall.service.run_answers import encoded_run_answer
from seawall.store.types import Job

VERIFY = "verify"


def run_kind(declaration: EngineDeclaration[Any, Any]) -> str:
    """Return the kind of the jobs that run an engine."""
    return f"{declaration.name}.run"


if TYPE_CHECKING:
    JobKindName: TypeAlias = str
else:
    JobKindName = Literal[(VERIFY, *(run_kind(engine) for engine in ENGINES.values()))]


def job_kinds(service: Service) -> dict[str, JobKind]:
    """Return every kind by its name."""
    runs = {run_kind(engine): EngineRun(service, engine) for engine in ENGINES.values()}
    return {VERIFY: Verifying(service), **runs}


class EngineRun:
    """A run of an engine over a dataset; neither changes."""

    may_run = True

    def __init__(self, service: Service, declaration: EngineDeclaration[Any, Any]) -> None:
        self._service = service
        self._declaration = declaration
        self._request_type = run_request(declaration)

    def check(self) -> None:
        """Raise EngineDisabled once the engine is switched off."""
        self._service.switches.check(self._declaration.name)

    def work(self, job: Job, control: RunControl, audited: Audited) -> bytes:
        """Run what was asked, as who asked; return what a run answers."""
        service, name = self._service, self._declaration.name
        asked: Any = decode_body(job.request, self._request_type)
        session = service.session.acting_as(tenant=job.tenant, actor=job.created_by)
        found = session.submit(
            name,
            session.dataset(asked.dataset_version_id),
            parameters=asked.parameters,
            started_at=asked.started_at,
            control=control,
            audited=run_entry(service, name, audited),
        ).result()
        service.held.keep(job.tenant, found)
        return encoded_run_answer(self._declaration, found)


class Verifying:
    """A look at everything that the tenant has."""

    may_run = False  # what was written since it began is not looked at

    def __init__(self, service: Service) -> None:
        self._service = service

    def check(self) -> None:
        """Nothing switches it off."""

    def work(self, job: Job, control: RunControl, _: Audited) -> bytes:
        """Verify the ledger; return what was found."""
        session = self._service.session.acting_as(tenant=job.tenant, actor=job.created_by)
        found = session.verify(control=control)
        return msgspec.json.encode({"ok": found.ok, "verification": found})
