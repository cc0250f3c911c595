"""Jobs of which a test says what they do."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from seawall.native import RunControl
from seawall.service import Service
from seawall.service.access.principal import Principal
from seawall.service.jobs import Audited, JobKind, Jobs
from seawall.store.types import AuditDraft, Job

TRIAL = "trial"
SOMEBODY = Principal("default", "tester", frozenset(), "")
Work = Callable[[RunControl], bytes]

_numbers = count()


class Trial:
    """The work of each question is what the test has put there."""

    def __init__(self) -> None:
        self.may_run = True
        self.works: dict[bytes, Work] = {}
        self.checks: list[Exception | None] = []
        """What is raised by the checks to come, the last first."""

    def check(self) -> None:
        if self.checks and (reason := self.checks.pop()) is not None:
            raise reason

    def work(self, job: Job, control: RunControl, _: Audited, /) -> bytes:
        return self.works[job.request](control)


class TrialJobs(Jobs):
    """The jobs of a service that knows the trial beside its own kinds."""

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.trial = Trial()

    def start(self, kinds: Mapping[str, JobKind]) -> None:
        super().start({**kinds, TRIAL: self.trial})


def trial_of(service: Service) -> Trial:
    assert isinstance(service.jobs, TrialJobs)
    return service.jobs.trial


def entry(action: str, subject: str) -> AuditDraft:
    at = "2026-01-01T00:00:00+00:00"
    return AuditDraft("default", at, "tester", action, "done", subject, "")


def begin(service: Service, work: Work, *, request: bytes = b"") -> str:
    """Begin a job of the trial, unless another one has this request; return its identifier."""
    request = request or str(next(_numbers)).encode()
    trial_of(service).works[request] = work
    asked: dict[str, Any] = {"request": request, "total": 1, "audited": entry}
    return service.jobs.begin(SOMEBODY, TRIAL, **asked).job_id
