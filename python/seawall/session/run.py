"""A run of an engine as a user holds it."""

from collections.abc import Callable, Sequence
from functools import cached_property
from html import escape
from typing import Any, Self

import msgspec

from seawall.engine import EngineOutcome
from seawall.errors import NotFound
from seawall.registry import ENGINES
from seawall.session.cache import ByteBoundedCache
from seawall.session.held_run import HeldRun
from seawall.table import Table

_ANSWER_OVERHEAD_BYTES = 400  # of a kept answer, beside its bytes: about


class Finding(msgspec.Struct, frozen=True):
    """A finding with its identifier and everything that was stated."""

    finding_id: str
    body: dict[str, Any]

    @property
    def title(self) -> str:
        """Such as ``stress:market_crash``."""
        return str(self.body["title"])

    @property
    def is_material(self) -> bool:
        """Whether the value reaches its threshold."""
        return bool(self.body["is_material"])


class Findings(Sequence[Finding]):
    """Findings in the engine's order; shows itself as a table in a notebook."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._findings = tuple(findings)

    def __getitem__(self, index: Any) -> Any:
        return self._findings[index]

    def __len__(self) -> int:
        return len(self._findings)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Each finding as a dictionary, its identifier under ``id``."""
        return [{"id": finding.finding_id, **finding.body} for finding in self._findings]

    def __repr__(self) -> str:
        return "\n".join(
            f"{f.finding_id}  {f.title:32} {f.body['value']:>22,.2f}  {f.body['materiality']}"
            for f in self._findings
        )

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{n}</th>" for n in ("finding", "title", "value", "threshold", ""))
        body = "".join(
            f"<tr><td>{f.finding_id}</td><td>{escape(f.title)}</td><td>{f.body['value']:,.2f}</td>"
            f"<td>{f.body['threshold']:,.2f}</td><td>{f.body['materiality']}</td></tr>"
            for f in self._findings
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class Run:
    """One answer of one engine; what it left in the ledger, and its tables on demand.

    Attributes
    ----------
    created : bool
        False when the same run was there already.
    """

    def __init__(
        self,
        held: HeldRun,
        *,
        outcome: Callable[[], EngineOutcome[Any]],
        answers: ByteBoundedCache[bytes],
        created: bool,
    ) -> None:
        self._held = held
        self._row = held.row
        self._outcome = outcome
        self._answers = answers
        self.created = created

    @cached_property
    def result(self) -> Any:
        """The answer, of the engine's result type."""
        return msgspec.json.decode(self._row.result, type=ENGINES[self._row.engine].result)

    @cached_property
    def findings(self) -> Findings:
        """What was found, in the engine's order."""
        return Findings(
            [Finding(key, msgspec.json.decode(payload)) for key, payload in self._held.findings]
        )

    @cached_property
    def evidence_ids(self) -> dict[str, str]:
        """Identifiers of the evidence by kind, or kind:subject."""
        return dict(self._held.evidence_ids)

    @property
    def result_json(self) -> bytes:
        """The answer as it is kept: canonical JSON."""
        return self._row.result

    @property
    def findings_json(self) -> Sequence[tuple[str, bytes]]:
        """Identifier and canonical JSON of each finding, in the engine's order."""
        return self._held.findings

    def encoded(self, form: str, encode: Callable[[Self], bytes]) -> bytes:
        """Return the run in some form, made once and kept while there is memory for it.

        Parameters
        ----------
        form : str
            A name for what ``encode`` makes.
        encode : callable
            Makes the bytes from what does not change: everything but ``created``.
        """

        def make() -> tuple[bytes, int]:
            made = encode(self)
            return made, len(made) + _ANSWER_OVERHEAD_BYTES

        return self._answers.get((self._row.tenant, self._row.run_id, form), make)

    @property
    def run_id(self) -> str:
        """The identifier; the same question at the same time has the same one."""
        return self._row.run_id

    @property
    def dataset_version_id(self) -> str:
        """What it ran on."""
        return self._row.dataset_version_id

    @property
    def engine(self) -> str:
        """The engine's name."""
        return self._row.engine

    @property
    def started_at(self) -> str:
        """As the caller gave it (UTC, ISO 8601)."""
        return self._row.started_at

    @property
    def parameters(self) -> dict[str, Any]:
        """The question as it is kept: complete, under its wire names."""
        decoded: dict[str, Any] = msgspec.json.decode(self._row.parameters)
        return decoded

    def table(self, name: str) -> Table:
        """Return a table of the run, computed again when it is not at hand (the bits are the same).

        Raises
        ------
        NotFound
            For a name that the run does not have; nothing is computed for it.
        """
        self.check_table(name)
        return self._outcome().tables[name]()

    def check_table(self, name: str) -> None:
        """Raise NotFound for a table that the run does not have; nothing is computed for it."""
        names = self.table_names()
        if name not in names:
            raise NotFound(f"there are {', '.join(names)}", where=name)

    def table_names(self) -> list[str]:
        """The names of the run's tables; nothing is computed for them."""
        declaration = ENGINES[self._row.engine]
        asked = msgspec.json.decode(self._row.parameters, type=declaration.parameters)
        return list(declaration.table_names(asked))

    @property
    def questions(self) -> Any:
        """What answers questions of the run without another: of a simulation its `Tail`.

        Computed again when it is not at hand; None where the engine has nothing of the kind.
        """
        return self._outcome().questions

    @property
    def held_bytes(self) -> int:
        """About how many bytes of memory it takes with its outcome, computed as for `questions`."""
        return self._held.weight + self._outcome().held_bytes

    def __repr__(self) -> str:
        return f"Run({self.run_id}: {self.engine} on {self.dataset_version_id})\n{self.findings!r}"
