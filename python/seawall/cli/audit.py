"""The audit on the command line: who did what, whether it is whole, and a copy of it."""

from base64 import b16decode
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from seawall.cli.exit_codes import EXIT_CHANGED
from seawall.cli.options import Json, Store, Tenant, open_ledger
from seawall.cli.output import check_folder, json_document, line, table, written_whole
from seawall.provenance import DigestHex
from seawall.session.audit import verify_audit
from seawall.store.audit_chain import exported

app = typer.Typer(
    help="The audit of the service: what was done, refused and changed, and by whom.",
    no_args_is_help=True,
)

AllTenants = Annotated[bool, typer.Option("--all-tenants", help="Not of one tenant only.")]


@app.command("list")
def list_entries(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 20,
    after: Annotated[
        int | None, typer.Option(help="Continue after this sequence, towards older ones.")
    ] = None,
    all_tenants: AllTenants = False,
    store: Store = None,
    tenant: Tenant = None,
    as_json: Json = False,
) -> None:
    """List what was done, newest first."""
    with open_ledger(store, tenant) as ledger:
        entries = ledger.store.audit_entries(
            None if all_tenants else ledger.tenant, limit=limit, after=after
        )
    if as_json:
        json_document([msgspec.Raw(exported(entry)) for entry in entries])
        return
    names = ["sequence", "at", "tenant", "actor", "action", "outcome", "subject", "detail"]
    table(
        [(name, "right" if name == "sequence" else "") for name in names],
        [
            [
                str(entry.sequence),
                entry.at[:19],
                entry.tenant,
                entry.actor,
                entry.action,
                entry.outcome,
                entry.subject,
                "" if entry.detail == b"{}" else entry.detail.decode(errors="replace"),
            ]
            for entry in entries
        ],
    )


@app.command()
def verify(
    known_head: Annotated[
        str | None,
        typer.Option(help="A head printed before: the chain must still hold that entry."),
    ] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Follow the chain of all tenants from its first entry; exit 3 when something was changed."""
    head = None if known_head is None else _digest(known_head)
    with open_ledger(store, None) as ledger:
        found = verify_audit(ledger.store, known_head=head)
    if as_json:
        json_document({"ok": found.ok, "verification": found})
    else:
        line("verified", f"{found.entries:,} audit entries")
        line("head", found.head_sha256)
        if found.ok:
            line("intact", "each entry continues the one before it", style="green")
        for problem in found.problems:
            line("changed", f"entry {problem.sequence}: {problem.message}", style="red")
    if not found.ok:
        raise typer.Exit(EXIT_CHANGED)


def _digest(text: str) -> bytes:
    try:
        return b16decode(msgspec.convert(text, DigestHex), casefold=True)
    except msgspec.ValidationError as error:
        raise typer.BadParameter("--known-head has 64 lower-case hexadecimal digits") from error


@app.command()
def export(
    output: Annotated[
        Path | None, typer.Option(help="The .ndjson file to write.", show_default="standard output")
    ] = None,
    all_tenants: AllTenants = False,
    store: Store = None,
    tenant: Tenant = None,
) -> None:
    """Write every entry as a line of canonical JSON, oldest first, each hashed again before."""
    check_folder(output)
    with open_ledger(store, tenant) as ledger, written_whole(output) as out:
        count = 0
        for entry in ledger.store.all_audit(None if all_tenants else ledger.tenant):
            out.write(exported(entry) + b"\n")
            count += 1
    if output is not None:
        line("audit", f"{count:,} entries, {output}")
