"""The log on the command line: keys, signed heads, and proofs for others."""

from pathlib import Path
from typing import Annotated

import typer

from seawall.cli.exit_codes import EXIT_CHANGED
from seawall.cli.options import Json, Store, Tenant, open_ledger
from seawall.cli.output import (
    check_folder,
    json_document,
    line,
    progress,
    table,
    write_document,
)
from seawall.errors import NotFound, ProofInvalid
from seawall.provenance.proof_check import check_consistency, read_document
from seawall.provenance.signature import key_id_of
from seawall.provenance.tree_head import SignedTreeHead, check_head
from seawall.session.exporting import prove_row
from seawall.session.head_check import HeadCheck, check_against
from seawall.session.signing_key import load_key, load_public_keys, make_key, public_path
from seawall.session.tree_heads import find_head, prove_consistency, sign_head, signed_head
from seawall.store import Store as LedgerStore

app = typer.Typer(
    help="The log of the ledger: sign what it holds, and prove it to others.",
    no_args_is_help=True,
)

Output = Annotated[
    Path | None, typer.Option(help="The file to write.", show_default="standard output")
]


@app.command()
def key(
    file: Annotated[Path, typer.Argument(help="Where the private key goes; keep it elsewhere.")],
    as_json: Json = False,
) -> None:
    """Make a key to sign heads with: FILE for its owner only, FILE.pub for everyone."""
    check_folder(file)
    public_key = make_key(file)
    if as_json:
        json_document({"key_id": key_id_of(public_key), "public_key": str(public_path(file))})
        return
    line("key id", key_id_of(public_key), style="green")
    line("private", f"{file}: keep it away from the ledger, and a copy of it safe")
    line("public", f"{public_path(file)}: publish it")


@app.command()
def sign(
    key: Annotated[Path, typer.Option(help="The private key, as seawall log key makes it.")],
    output: Annotated[Path | None, typer.Option(help="Also write the head to this file.")] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Sign what the log holds now, and keep the head in the ledger."""
    check_folder(output)
    private_key = load_key(key)
    with open_ledger(store, None) as ledger:
        signed = sign_head(ledger.store, private_key=private_key, at=ledger.now)
    if output is not None:
        write_document(signed, output)
    if as_json:
        json_document(signed)
    else:
        _head_lines(signed)
        if output is not None:
            line("written", str(output))


@app.command()
def head(
    number: Annotated[
        int | None, typer.Argument(help="Which one.", show_default="the last")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write the head to this file.")] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show a signed head, and what was kept since."""
    check_folder(output)
    with open_ledger(store, None) as ledger:
        signed = find_head(ledger.store, number)
        now = ledger.store.log_states()
    if output is not None:
        write_document(signed, output)
    if as_json:
        json_document(signed)
        return
    _head_lines(signed)
    since = sum(now[tree].size - state.size for tree, state in signed.head.trees.items())
    line("since then", f"{since:,} rows")


@app.command("list")
def list_heads(store: Store = None, as_json: Json = False) -> None:
    """List the signed heads, oldest first."""
    with open_ledger(store, None) as ledger:
        heads = [signed_head(kept) for kept in ledger.store.log_heads()]
    if as_json:
        json_document(heads)
        return
    table(
        [("head", "right"), ("signed", ""), ("by key", ""), ("rows", "right"), ("SHA-256", "")],
        [
            [
                str(signed.head.number),
                signed.head.at[:19],
                signed.head.key_id,
                f"{sum(state.size for state in signed.head.trees.values()):,}",
                signed.head.digest(),
            ]
            for signed in heads
        ],
    )


@app.command()
def prove(
    row: Annotated[
        str, typer.Argument(help="dv_…, ev_…, fi_…, ln_…, run_…, or a sequence of the audit.")
    ],
    head: Annotated[
        int | None, typer.Option(help="Under which head.", show_default="the last")
    ] = None,
    output: Output = None,
    store: Store = None,
    tenant: Tenant = None,
) -> None:
    """Prove that a row is in the ledger of a signed head."""
    check_folder(output)
    with open_ledger(store, tenant) as ledger:
        proof = prove_row(ledger.store, ledger.tenant, find_head(ledger.store, head), row)
    write_document(proof, output)


@app.command()
def consistency(
    old: Annotated[
        str, typer.Argument(help="Number of a head, or the file of one kept elsewhere.")
    ],
    new: Annotated[int | None, typer.Argument(help="A later one.", show_default="the last")] = None,
    output: Output = None,
    store: Store = None,
) -> None:
    """Prove that a later head holds all that an earlier one held."""
    check_folder(output)
    with open_ledger(store, None) as ledger:
        later = find_head(ledger.store, new)
        earlier = _named_head(ledger.store, old)
        proof = prove_consistency(ledger.store, earlier, later)
        keys = {key_id_of(kept.public_key): kept.public_key for kept in ledger.store.log_heads()}
    check_consistency(proof, keys)
    write_document(proof, output)


@app.command()
def check(
    head: Annotated[
        str | None,
        typer.Argument(
            help="Number of a head, or the file of one kept elsewhere.", show_default="the last"
        ),
    ] = None,
    public_key: Annotated[
        list[Path] | None,
        typer.Option(help="PEM file of a key that may sign heads; may be repeated."),
    ] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Hash the rows that a head was signed over, as after a restore; exit 3 for other roots."""
    keys = None if public_key is None else load_public_keys(public_key)
    with (
        open_ledger(store, None) as ledger,
        progress("check", total=None, unit="rows", quiet=as_json) as control,
    ):
        signed = _named_head(ledger.store, head)
        if keys is not None:
            check_head(signed, keys, where="it")
        found = check_against(ledger.store, signed, control=control)
    if as_json:
        json_document({"ok": found.ok, "rows_since": found.rows_since, "check": found})
    else:
        _check_lines(found)
    if not found.ok:
        raise typer.Exit(EXIT_CHANGED)


def read_head(file: Path) -> SignedTreeHead:
    """Read the file of a signed head.

    Raises
    ------
    NotFound, ProofInvalid
        With the file.
    """
    if not file.is_file():
        raise NotFound("there is no such file", where=str(file))
    document = read_document(file.read_bytes())
    if not isinstance(document, SignedTreeHead):
        raise ProofInvalid("is no signed head", where=str(file), code="document_unreadable")
    return document


def _named_head(ledger: LedgerStore, name: str | None) -> SignedTreeHead:
    if name is None or name.isdecimal():
        return find_head(ledger, None if name is None else int(name))
    return read_head(Path(name))


def _check_lines(found: HeadCheck) -> None:
    head = found.head.head
    line("head", f"{head.number} of {head.ledger}")
    if found.is_copy:
        line("ledger", f"{found.ledger}: another one, a copy at best")
    table(
        [("tree", ""), ("signed", "right"), ("rows", "right"), ("root", "")],
        [
            [tree.tree, f"{tree.signed_rows:,}", f"{tree.rows:,}", tree.problem or "as signed"]
            for tree in found.trees
        ],
    )
    if found.ok:
        line("holds", f"all that was signed {head.at}", style="green")
        line("since then", f"{found.rows_since:,} rows")


def _head_lines(signed: SignedTreeHead) -> None:
    head = signed.head
    line("head", f"{head.number} of {head.ledger}", style="green")
    line("signed", f"{head.at} by {head.key_id}")
    line("SHA-256", head.digest())
    table(
        [("tree", ""), ("rows", "right"), ("root", "")],
        [[tree, f"{state.size:,}", state.root] for tree, state in head.trees.items()],
    )
