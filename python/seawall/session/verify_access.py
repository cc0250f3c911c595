"""Whether keys and switches are as the audit says that they were left.

These rows change, so no Merkle tree holds them; but each change leaves its entry in the audit, in
the same transaction. A check is made before the entries are read: a row that is the same before
and after them was left by one of them, and not by a change that is under way.
"""

from collections.abc import Iterator

import msgspec

from seawall.store import Store
from seawall.store.types import ApiKey, AuditEntry, EngineSwitch

_CHANGED = {
    "name": "its name was changed",
    "roles": "its roles were changed",
    "expires_at": "its end was changed",
    "hash_sha256": "its hash was changed: another secret opens it",
}
_SWITCHED = {"engine.enable": True, "engine.disable": False}


class KeyCheck:
    """Compares every key of all tenants with the entries about it.

    Parameters
    ----------
    store : Store
        Whose keys these are.
    """

    what = "key"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._before = self._now()
        self._created: dict[tuple[str, str], AuditEntry] = {}
        self._revoked: set[tuple[str, str]] = set()

    def see(self, entry: AuditEntry) -> None:
        """Take note of an entry; they come in their order."""
        if entry.outcome != "done":
            return
        place = (entry.tenant, entry.subject)
        if entry.action == "api_key.create":
            self._created[place] = entry
        elif entry.action == "api_key.revoke":
            self._revoked.add(place)

    def problems(self) -> Iterator[tuple[str, str]]:
        """Tell which keys are not as they were left, and how."""
        now = self._now()
        for place in self._created.keys() - now.keys():
            yield place[1], "the audit tells of it, and it is not there"
        for place, key in self._before.items():
            if now.get(place) == key:
                for message in self._wrong_with(key, place):
                    yield key.key_id, message

    def _now(self) -> dict[tuple[str, str], ApiKey]:
        return {(key.tenant, key.key_id): key for key in self._store.api_keys(None)}

    def _wrong_with(self, key: ApiKey, place: tuple[str, str]) -> Iterator[str]:
        if place not in self._created:
            yield "the audit does not tell that it was made"
            return
        said = msgspec.json.decode(self._created[place].detail)
        for column, value in key.told().items():
            if column in said and said[column] != value:  # an older release said less
                yield _CHANGED[column]
        if place in self._revoked and key.revoked_at is None:
            yield "it was revoked, and is good again"
        elif place not in self._revoked and key.revoked_at is not None:
            yield "the audit does not tell that it was revoked"


class SwitchCheck:
    """Compares the switch of every engine with the last entry about it.

    Parameters
    ----------
    store : Store
        Whose switches these are.
    """

    what = "switch"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._before = self._now()
        self._last: dict[str, AuditEntry] = {}

    def see(self, entry: AuditEntry) -> None:
        """Take note of an entry; they come in their order."""
        if entry.action in _SWITCHED and entry.outcome == "done":
            self._last[entry.subject] = entry

    def problems(self) -> Iterator[tuple[str, str]]:
        """Tell which engines are not switched as they were left, and how."""
        now = self._now()
        for engine in self._last.keys() - now.keys():
            yield engine, "the audit tells of it, and it is not there"
        for engine, switch in self._before.items():
            if now.get(engine) != switch:
                continue
            entry = self._last.get(engine)
            if entry is None:
                yield engine, "the audit does not tell of it"
            elif _SWITCHED[entry.action] != switch.enabled:
                yield engine, f"it was switched {'off' if switch.enabled else 'on'} last"
            elif _said(entry) != (switch.reason, switch.changed_at, switch.changed_by):
                yield engine, "what it says of its last change was changed"

    def _now(self) -> dict[str, EngineSwitch]:
        return {switch.engine: switch for switch in self._store.engine_switches()}


def _said(entry: AuditEntry) -> tuple[str | None, str, str]:
    return msgspec.json.decode(entry.detail).get("reason"), entry.at, entry.actor
