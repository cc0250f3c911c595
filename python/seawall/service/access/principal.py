"""Who asks."""

import msgspec


class Principal(msgspec.Struct, frozen=True):
    """Who asks: a tenant's actor, what it may do, and the key it came with."""

    tenant: str
    actor: str
    roles: frozenset[str]
    key_id: str
