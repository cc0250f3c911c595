"""Verifying on the command line: a whole ledger, or without one what somebody handed over."""

from pathlib import Path
from typing import Annotated

import typer

from seawall.cli import show
from seawall.cli.exit_codes import EXIT_CHANGED
from seawall.cli.log import read_head
from seawall.cli.options import Json, Store, Tenant, Threads, open_ledger, open_session
from seawall.cli.output import (
    check_folder,
    error,
    json_document,
    line,
    progress,
    write_document,
)
from seawall.errors import NotFound, ProofInvalid
from seawall.provenance.proof_check import check_document
from seawall.session.exporting import export_run
from seawall.session.signing_key import load_public_keys
from seawall.session.tree_heads import find_head


def export(
    run: Annotated[str, typer.Argument(help="A run, run_….")],
    output: Annotated[Path, typer.Option(help="The file to write.")] = Path("bundle.json"),
    head: Annotated[
        int | None, typer.Option(help="Under which head.", show_default="the last")
    ] = None,
    store: Store = None,
    tenant: Tenant = None,
    as_json: Json = False,
) -> None:
    """Write a run with all its evidence as one file that proves itself to who has the key."""
    check_folder(output)
    with open_ledger(store, tenant) as ledger:
        bundle = export_run(ledger.store, ledger.tenant, find_head(ledger.store, head), run)
    write_document(bundle, output)
    counts = {
        "evidence": len(bundle.evidence),
        "findings": len(bundle.findings),
        "links": len(bundle.links),
        "records": len(bundle.records),
    }
    if as_json:
        json_document({"bundle": str(output), "head": bundle.head.head.number, **counts})
        return
    line("bundle", str(output), style="green")
    line("holds", ", ".join(f"{count:,} {what}" for what, count in counts.items()))
    line("check it", f"seawall verify --bundle {output} --public-key KEY.pub")


def verify(
    bundle: Annotated[
        Path | None,
        typer.Option(help="Check this file instead of a ledger: a bundle, a proof or a head."),
    ] = None,
    public_key: Annotated[
        list[Path] | None,
        typer.Option(help="PEM file of a key that may sign heads; may be repeated."),
    ] = None,
    known_head: Annotated[
        Path | None, typer.Option(help="A head kept elsewhere, which the ledger must continue.")
    ] = None,
    store: Store = None,
    tenant: Tenant = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Compute every hash, root, identifier and column again; exit 3 when something was changed."""
    keys = None if public_key is None else load_public_keys(public_key)
    if bundle is not None:
        if keys is None or known_head is not None:
            raise typer.BadParameter("--bundle needs --public-key, and nothing of a ledger")
        _verify_document(bundle, keys, as_json=as_json)
        return
    known = None if known_head is None else read_head(known_head)
    with (
        open_session(store, tenant, threads) as session,
        progress("verify", total=None, unit="records", quiet=as_json) as control,
    ):
        found = session.verify(public_keys=keys, known_head=known, control=control)
    if as_json:
        json_document({"ok": found.ok, "verification": found})
    else:
        show.verification_lines(found)
    if not found.ok:
        raise typer.Exit(EXIT_CHANGED)


def _verify_document(file: Path, keys: dict[str, bytes], *, as_json: bool) -> None:
    if not file.is_file():
        raise NotFound("there is no such file", where=str(file))
    try:
        found = check_document(file.read_bytes(), keys)
    except ProofInvalid as problem:
        error(problem, as_json=as_json)
        raise typer.Exit(EXIT_CHANGED) from None
    if as_json:
        json_document({"ok": True, "verification": found})
        return
    head = found.head.head
    line("verified", f"{found.rows:,} rows and {found.records:,} records of {found.schema}")
    if found.run_id is not None:
        line("run", f"{found.run_id}, whole: nothing of it is missing")
    line("head", f"{head.number} of {head.ledger}")
    line("intact", f"signed {head.at} by {head.key_id}", style="green")
