"""Who asks, as every handler sees it."""

import msgspec


class Principal(msgspec.Struct, frozen=True):
    """The holder of a credential that was checked: whose data, who, and what it may do."""

    tenant: str
    actor: str  # recorded with what is written
    roles: frozenset[str]
    key_id: str  # the API key that it rests on, or the external issuer's key
