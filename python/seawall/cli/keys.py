"""API keys on the command line: made and shown once, listed, revoked for good."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from seawall.cli.options import Json, OpenLedger, Store, Tenant, open_ledger
from seawall.cli.output import json_document, line, table
from seawall.extras import require_extra
from seawall.provenance import canonical_json
from seawall.store import Transaction, local_place
from seawall.store.types import ApiKey, AuditDraft

app = typer.Typer(
    help="Keys of the service: make one, list them, revoke one.", no_args_is_help=True
)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="For people and for the audit.")],
    role: Annotated[
        list[str], typer.Option(help="admin, execute, ingest or read; may be repeated.")
    ],
    days: Annotated[
        int | None,
        typer.Option(min=1, max=3650, help="How long it is good.", show_default="for ever"),
    ] = None,
    expires_at: Annotated[
        str | None, typer.Option(help="Until when it is good, as 2027-01-01T00:00:00Z.")
    ] = None,
    secrets_file: Annotated[
        Path | None,
        typer.Option(help="The server's.", show_default="beside the store, its name with .secrets"),
    ] = None,
    store: Store = None,
    tenant: Tenant = None,
    as_json: Json = False,
) -> None:
    """Make a key and show it, this once: only a keyed hash of it is kept."""
    if days is not None and expires_at is not None:
        raise typer.BadParameter("a key ends after --days or --expires-at, not both")
    require_extra("service")
    from seawall.service.access.doors import AccessOptions, kept_secrets
    from seawall.service.access.keys import new_key

    with open_ledger(store, tenant, new=True) as ledger:
        if days is not None:
            expires_at = (datetime.fromisoformat(ledger.now) + timedelta(days=days)).isoformat()
        secrets = kept_secrets(
            ledger.store,
            AccessOptions(secrets_file=str(secrets_file or "")),
            beside=local_place(ledger.place),
        )
        shown, key = new_key(
            ledger.tenant,
            name,
            role,
            secret=secrets.hashing()[0],
            created_at=ledger.now,
            created_by=ledger.actor,
            expires_at=expires_at,
        )
        told = _draft(ledger, "api_key.create", key.key_id, **key.told())

        def keep(transaction: Transaction) -> None:
            transaction.put_api_key(key)
            transaction.append_audit(told)

        ledger.store.submit(keep).result()
    if as_json:
        json_document({"key": shown, **_told(key)})
        return
    line("key", shown, style="green")
    line("shown once", "keep it now; send it as X-API-Key")
    line("key id", f"{key.key_id} ({', '.join(key.roles)}), tenant {key.tenant}")
    line("good until", key.expires_at or "it is revoked")


@app.command("list")
def list_keys(
    all_tenants: Annotated[
        bool, typer.Option("--all-tenants", help="Not of one tenant only.")
    ] = False,
    store: Store = None,
    tenant: Tenant = None,
    as_json: Json = False,
) -> None:
    """List the keys, oldest first, revoked and expired ones too."""
    with open_ledger(store, tenant) as ledger:
        keys = ledger.store.api_keys(None if all_tenants else ledger.tenant)
        now = ledger.now
    if as_json:
        json_document([_told(key) for key in keys])
        return
    names = ["key id", "tenant", "name", "roles", "made", "by", "good until", ""]
    table(
        [(name, "") for name in names],
        [
            [
                key.key_id,
                key.tenant,
                key.name,
                ", ".join(key.roles),
                key.created_at[:19],
                key.created_by,
                (key.expires_at or "—")[:19],
                _state(key, now),
            ]
            for key in keys
        ],
    )


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="As seawall keys list shows it.")],
    store: Store = None,
    tenant: Tenant = None,
    as_json: Json = False,
) -> None:
    """Revoke a key for good; whoever holds it is refused within a second."""
    with open_ledger(store, tenant) as ledger:
        told = _draft(ledger, "api_key.revoke", key_id)

        def keep(transaction: Transaction) -> bool:
            was_live = transaction.revoke_api_key(ledger.tenant, key_id, ledger.now)
            if was_live:
                transaction.append_audit(told)
            return was_live

        revoked_now = ledger.store.submit(keep).result()
    if as_json:
        json_document({"key_id": key_id, "revoked_now": revoked_now})
    else:
        line("revoked", key_id if revoked_now else f"{key_id} was revoked before")


def _draft(ledger: OpenLedger, action: str, key_id: str, **detail: Any) -> AuditDraft:
    return AuditDraft(
        tenant=ledger.tenant,
        at=ledger.now,
        actor=ledger.actor,
        action=action,
        outcome="done",
        subject=key_id,
        request_id="",
        detail=canonical_json(detail),
    )


def _told(key: ApiKey) -> dict[str, object]:
    return {name: getattr(key, name) for name in ApiKey.__struct_fields__ if name != "key_hash"}


def _state(key: ApiKey, now: str) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at[:19]}"
    return "expired" if key.expires_at is not None and key.expires_at <= now else ""
