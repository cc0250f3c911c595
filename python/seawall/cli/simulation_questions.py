"""What can be asked of a simulation: one scenario, other loans, other inputs, losses to reach."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from seawall.cli.options import Json, Store, Tenant, Threads, open_session
from seawall.cli.output import (
    check_folder,
    json_document,
    line,
    rows_table,
    table,
    write_csv,
)
from seawall.cli.simulation import Limit
from seawall.engines.debt.simulation import (
    Bump,
    ChangeLoan,
    Comparison,
    RemoveLoan,
    Tail,
    WhatIf,
    compare,
    view,
)
from seawall.engines.debt.simulation.question_types import Change
from seawall.engines.debt.view import money
from seawall.errors import InvalidInput, NotFound
from seawall.refused_value import refused_value
from seawall.session import Run

Levels = Annotated[
    list[float] | None, typer.Option("--level", help="A level.", show_default="those of the run")
]
RunId = Annotated[str, typer.Argument(help="A simulation run, run_….")]


def add_questions(app: typer.Typer) -> None:
    """Give the application the questions of a simulation."""
    app.command("whatif")(whatif)
    app.command("explain")(explain)
    app.command("compare")(compare_runs)
    app.command("reverse")(reverse)
    app.command("sensitivities")(sensitivities)


def whatif(
    run: RunId,
    remove: Annotated[
        list[str] | None, typer.Option(help="A loan's identifier: without it; may be repeated.")
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            help="A loan with other terms, such as L17:exposure=5e6,loss_given_default_pct=60, "
            "probability_of_default_pct, or collateral_value in a waterfall; may be repeated."
        ),
    ] = None,
    changes: Annotated[
        Path | None, typer.Option(help="Changes as a JSON list, loans to add among them.")
    ] = None,
    levels: Levels = None,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Change loans of a simulated book and compare, under the same draws."""
    asked = [
        *(RemoveLoan(loan) for loan in remove or []),
        *(_changed(text) for text in change or []),
        *_read_changes(changes),
    ]
    with open_session(store, tenant, threads) as session:
        held = session.run_of(run)
        found = _tail(held).what_if(asked, levels=levels)
    if as_json:
        json_document(found)
        return
    currency = held.result.currency
    changed = (
        f"{found.obligor_count:,} obligor{'s change' if found.obligor_count != 1 else ' changes'}"
    )
    line("run", f"{held.run_id}  {changed}")
    line("expected", _changed_by(found, currency))
    table(view.CHANGE_COLUMNS, view.change_rows(found.tails, currency))


def explain(
    run: RunId,
    scenario: Annotated[
        int | None, typer.Option(help="Its number.", show_default="the one that loses most")
    ] = None,
    limit: Limit = 10,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Tell one scenario of a simulation: what the factors were, who defaulted, what it cost."""
    with open_session(store, tenant, threads) as session:
        held = session.run_of(run)
        tail = _tail(held)
        account = tail.scenario(tail.worst(1)[0] if scenario is None else scenario)
    rows = list(account.positions.rows(limit))
    if as_json:
        told = msgspec.structs.asdict(account)
        json_document(told | {"position_count": len(account.positions), "positions": rows})
        return
    line("scenario", f"{account.scenario:,} of {tail.scenario_count:,}")
    for sentence in view.scenario_sentences(account, held.result.currency):
        line("", sentence)
    rows_table(rows, len(account.positions))


def reverse(
    run: RunId,
    loss: Annotated[float, typer.Option(min=0, help="In the book's currency.")],
    starts: Annotated[
        int, typer.Option(min=0, max=1024, help="Random starts of the search, beside fixed ones.")
    ] = 8,
    limit: Annotated[int, typer.Option(min=1, help="How many states are shown.")] = 3,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Find the likeliest ways in which a simulated book loses an amount."""
    with open_session(store, tenant, threads) as session:
        held = session.run_of(run)
        found = _tail(held).reverse_stress(loss, random_starts=starts)
    if as_json:
        json_document(found)
        return
    currency = held.result.currency
    line("loss", f"{money(loss, currency)} of {money(held.result.exposure, currency)}")
    if not found.states:
        line("note", "the middle of all states loses as much already", style="yellow")
    for number, state in enumerate(found.states[:limit], start=1):
        first, *more = view.state_sentences(state, currency)
        line(f"state {number}", first)
        for sentence in more:
            line("", sentence)
    line(
        "searched",
        f"from {found.start_count} starts, {len(found.states)} states found; there may be others",
    )
    sets = {"fewest": found.smallest_set, "likeliest": found.likeliest_set}
    for name, defaults in sets.items():
        if defaults is not None:
            count = len(defaults.obligor_ids)
            shown = ", ".join(defaults.obligor_ids[:10]) + (", …" if count > 10 else "")
            line(name, f"{count:,} defaults lose {money(defaults.loss, currency)}: {shown}")


def sensitivities(
    run: RunId,
    bump: Annotated[
        list[str],
        typer.Option(
            help="A figure and its relative change: default_probability=0.1, loss_given_default, "
            "collateral_value, asset_correlation, or a currency such as USD=-0.1; repeatable."
        ),
    ],
    levels: Levels = None,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Change one input of a simulated book at a time and compare, under the same draws."""
    bumps = [_bump(text) for text in bump]
    with open_session(store, tenant, threads) as session:
        held = session.run_of(run)
        found = _tail(held).sensitivities(bumps, levels=levels)
    if as_json:
        json_document(
            [{"bump": one, "change": many} for one, many in zip(bumps, found, strict=True)]
        )
        return
    currency = held.result.currency
    for text, changed in zip(bump, found, strict=True):
        line("bump", text)
        line("expected", _changed_by(changed, currency))
        table(view.CHANGE_COLUMNS, view.change_rows(changed.tails, currency))


def _bump(text: str) -> Bump:
    figure, equals, change = text.partition("=")
    where = f"--bump {text}"
    named = {"figure": "currency", "currency": figure} if figure.isupper() else {"figure": figure}
    try:
        return msgspec.convert({**named, "change": change}, Bump, strict=False)
    except msgspec.ValidationError as error:
        message = refused_value(error, Bump)[0] if equals else "write it as figure=change"
        raise InvalidInput(message, where=where) from error


def compare_runs(
    before: RunId,
    after: RunId,
    output: Annotated[
        Path | None, typer.Option(help="Write the loans that differ to this CSV file.")
    ] = None,
    limit: Limit = 10,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Compare two simulations: parameters, loans, expected loss and tail."""
    check_folder(output)
    with open_session(store, tenant, threads) as session:
        held = [session.run_of(run) for run in (before, after)]
        found = compare(*map(_tail, held))
    if output is not None:
        write_csv(found.positions, output)
    rows = list(found.positions.rows(limit))
    if as_json:
        told = msgspec.structs.asdict(found)
        json_document(told | {"position_count": len(found.positions), "positions": rows})
        return
    currency = held[1].result.currency
    for change in found.parameters:
        line("parameter", f"{change.path}: {change.before} → {change.after}")
    draws = "the same draws" if found.same_draws else "other draws: errors of independent runs"
    line("expected", f"{_changed_by(found, currency)}; {draws}")
    table(view.CHANGE_COLUMNS, view.change_rows(found.tails, currency))
    if rows:
        rows_table(rows, len(found.positions))


def _changed_by(found: WhatIf | Comparison, currency: str) -> str:
    return (
        f"{money(found.expected_loss_change, currency)} ± "
        f"{money(found.expected_loss_change_standard_error, currency)}"
    )


def _tail(run: Run) -> Tail:
    found = run.questions
    if not isinstance(found, Tail):
        raise InvalidInput("is no simulation", where=run.run_id)
    return found


def _changed(text: str) -> Change:
    where = f"--change {text}"
    loan, colon, assignments = text.partition(":")
    if not colon:
        raise InvalidInput("write it as LOAN:name=value", where=where)
    terms: dict[str, Any] = {"source_record_id": loan}
    for assignment in assignments.split(","):
        name, _, value = assignment.partition("=")
        terms[name] = value
    try:
        return msgspec.convert({"kind": "change", **terms}, ChangeLoan, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(str(error), where=where) from error


def _read_changes(file: Path | None) -> list[Change]:
    if file is None:
        return []
    if not file.is_file():
        raise NotFound("there is no such file", where=str(file))
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[Change])
    except msgspec.DecodeError as error:
        raise InvalidInput(str(error), where=str(file)) from error
