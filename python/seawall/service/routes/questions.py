"""What can be asked of a simulation on top of its run, answered at once."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType

from seawall.engines.debt.simulation import ReverseStress, Tail, WhatIf, compare
from seawall.engines.debt.simulation.comparison import Comparison
from seawall.engines.debt.simulation.question_types import Bump, Change
from seawall.errors import InvalidInput
from seawall.service.answers import answer
from seawall.service.bodies import decode_body, json_body
from seawall.service.documented import described
from seawall.service.pages import Page, PageQuery
from seawall.service.parts import HttpRequest, Service, principal_of
from seawall.service.queries import decode_query
from seawall.service.routes.datasets import table_page
from seawall.service.routes.engine_runs import RunId
from seawall.service.routes.runs import BASE

Level = Annotated[float, Meta(gt=0, lt=1)]
Levels = Annotated[list[Level], Meta(min_length=1, max_length=20)]
T = TypeVar("T")

_Decorator = Callable[[Callable[..., Any]], HTTPRouteHandler]

_REFUSALS = (400, 404, 409, 413, 422, 503)


class WhatIfQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Changes of loans that are made together; levels in place of the run's."""

    changes: Annotated[
        Annotated[list[Change], Meta(min_length=1, max_length=10_000)],
        Meta(description="Of loans, in their order."),
    ]
    levels: Annotated[
        Levels | UnsetType,
        Meta(description="Confidence levels of the tails, fractions; absent: the run's."),
    ] = UNSET


class ReverseQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A loss whose likeliest causes are looked for, in the book's currency."""

    loss: Annotated[
        Annotated[float, Meta(gt=0, le=1e15)],
        Meta(description="The amount, in the book's currency."),
    ]
    random_starts: Annotated[
        Annotated[int, Meta(ge=0, le=64)],
        Meta(description="Searches from drawn states, beside those from the known ones."),
    ] = 8


class SensitivityQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Inputs that are changed one at a time; levels in place of the run's."""

    bumps: Annotated[
        Annotated[list[Bump], Meta(min_length=1, max_length=50)],
        Meta(description="Each is made alone."),
    ]
    levels: Annotated[
        Levels | UnsetType,
        Meta(description="Confidence levels of the tails, fractions; absent: the run's."),
    ] = UNSET


class CompareQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two simulations, and how many of the loans that differ are shown."""

    before: Annotated[RunId, Meta(description="The earlier run.")]
    after: Annotated[RunId, Meta(description="The later run.")]
    rows: Annotated[
        Annotated[int, Meta(ge=0, le=10_000)],
        Meta(description="How many of the loans that differ are shown."),
    ] = 100


class ContributionsQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Whose contributions to expected shortfall, and at which level."""

    level: Annotated[Level, Meta(description="Of expected shortfall, a fraction.")] = 0.99
    by: Annotated[
        Annotated[str, Meta(max_length=64)], Meta(description="What contributions are added up by.")
    ] = "position"


class WorstQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many of the worst scenarios."""

    count: Annotated[Annotated[int, Meta(ge=1, le=1_000)], Meta(description="Scenarios.")] = 10


class ScenarioQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Which of the defaulted positions of a scenario."""


class SensitivityAnswer(msgspec.Struct, frozen=True):
    """What each bump does, in the order of the question."""

    sensitivities: Annotated[list[WhatIf], Meta(description="One a bump.")]


class ScenarioAnswer(msgspec.Struct, frozen=True):
    """Why a scenario lost what it lost; its positions are those of defaulted obligors."""

    scenario: Annotated[int, Meta(description="Its number, counted from 0.")]
    loss: Annotated[float, Meta(description="In the book's currency.")]
    factors: Annotated[
        dict[str, float],
        Meta(description="The systematic factors by the names of their groups; low is bad."),
    ]
    mixing: Annotated[
        float, Meta(description="W / ν of Student's t copula; 1 under the Gaussian copula.")
    ]
    defaulted_obligor_count: Annotated[int, Meta(description="Obligors that defaulted.")]
    translation: Annotated[
        float | None,
        Meta(
            description="What rates did to balances that performed to the end; null: no rate moves."
        ),
    ]
    positions: Annotated[Page, Meta(description="A page of the positions of defaulted obligors.")]


class ComparisonAnswer(Comparison, frozen=True, kw_only=True):
    """What differs between two simulations, the later less the earlier."""

    position_count: Annotated[int, Meta(description="Loans that differ.")]
    positions: Annotated[  # type: ignore[assignment]
        list[dict[str, Any]],
        Meta(description="Of these, the first: exposure, probability and severity of each."),
    ]


def question_routes(service: Service) -> list[HTTPRouteHandler]:
    """Return the routes of questions."""

    def held_tail(request: HttpRequest) -> Callable[[str], Tail]:
        session, tenant = service.session_of(request), principal_of(request).tenant

        def tail(run_id: str) -> Tail:
            service.switches.check(session.run_of(run_id).engine)
            found = service.held.run(session, tenant, run_id).questions
            if not isinstance(found, Tail):
                raise InvalidInput("is no simulation", where="run_id", code="run_id_invalid")
            return found.controlled(service.limit.control())

        return tail

    def asked(summary: str, path: str, body: type[Any], reply: type[Any]) -> _Decorator:
        said = described(
            summary, role="execute", body=body, answer=reply, refusals=_REFUSALS, weight="heavy"
        )
        return post(f"{BASE}/{path}", opt=said, name=path)

    def read(summary: str, path: str, query: type[Any], reply: type[Any]) -> _Decorator:
        said = described(
            summary, role="execute", query=query, answer=reply, refusals=_REFUSALS, weight="heavy"
        )
        return get(f"{BASE}/{{run_id:str}}/{path}", opt=said, name=path)

    @asked("What changes of loans do", "{run_id:str}/what-if", WhatIfQuestion, WhatIf)
    async def what_if(request: HttpRequest, run_id: FromPath[str]) -> Response[bytes]:
        tail, body = held_tail(request), await json_body(request)

        def work() -> WhatIf:
            said = decode_body(body, WhatIfQuestion)
            return tail(run_id).what_if(said.changes, levels=said.levels or None)

        return answer(await service.off_loop(work))

    @asked(
        "Likely ways to lose an amount",
        "{run_id:str}/reverse-stress",
        ReverseQuestion,
        ReverseStress,
    )
    async def reverse(request: HttpRequest, run_id: FromPath[str]) -> Response[bytes]:
        tail, body = held_tail(request), await json_body(request)

        def work() -> ReverseStress:
            said = decode_body(body, ReverseQuestion)
            return tail(run_id).reverse_stress(said.loss, random_starts=said.random_starts)

        return answer(await service.off_loop(work))

    @asked(
        "What changes of inputs do, one at a time",
        "{run_id:str}/sensitivities",
        SensitivityQuestion,
        SensitivityAnswer,
    )
    async def sensitivities(request: HttpRequest, run_id: FromPath[str]) -> Response[bytes]:
        tail, body = held_tail(request), await json_body(request)

        def work() -> SensitivityAnswer:
            said = decode_body(body, SensitivityQuestion)
            found = tail(run_id).sensitivities(said.bumps, levels=said.levels or None)
            return SensitivityAnswer(found)

        return answer(await service.off_loop(work))

    @asked("How two simulations differ", "compare", CompareQuestion, ComparisonAnswer)
    async def compared(request: HttpRequest) -> Response[bytes]:
        tail, body = held_tail(request), await json_body(request)

        def work() -> dict[str, Any]:
            said = decode_body(body, CompareQuestion)
            found = compare(tail(said.before), tail(said.after))
            told = msgspec.structs.asdict(found)
            told["position_count"] = len(found.positions)
            told["positions"] = list(found.positions.rows(said.rows))
            return told

        return answer(await service.off_loop(work))

    @read("Who adds what to expected shortfall", "contributions", ContributionsQuery, Page)
    async def contributions(request: HttpRequest, run_id: FromPath[str]) -> Response[bytes]:
        tail, query = held_tail(request), decode_query(request, ContributionsQuery)

        def work() -> Page:
            found = tail(run_id).contributions(query.level, by=query.by)
            return table_page(query, found, path=request.scope["path"])

        return answer(await service.off_loop(work))

    @read("The scenarios with the largest losses", "worst-scenarios", WorstQuery, list[int])
    async def worst(request: HttpRequest, run_id: FromPath[str]) -> Response[bytes]:
        tail, query = held_tail(request), decode_query(request, WorstQuery)
        return answer(await service.off_loop(lambda: tail(run_id).worst(query.count)))

    @read("Why a scenario lost", "scenarios/{scenario:int}", ScenarioQuery, ScenarioAnswer)
    async def scenario(
        request: HttpRequest, run_id: FromPath[str], scenario: FromPath[int]
    ) -> Response[bytes]:
        tail, query = held_tail(request), decode_query(request, ScenarioQuery)

        def work() -> ScenarioAnswer:
            found = tail(run_id).scenario(scenario)
            return ScenarioAnswer(
                scenario=found.scenario,
                loss=found.loss,
                factors=found.factors,
                mixing=found.mixing,
                defaulted_obligor_count=found.defaulted_obligor_count,
                translation=found.translation,
                positions=table_page(query, found.positions, path=request.scope["path"]),
            )

        return answer(await service.off_loop(work))

    return [what_if, reverse, sensitivities, compared, contributions, worst, scenario]
