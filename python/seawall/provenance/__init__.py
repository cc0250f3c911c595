"""What anyone needs to verify an answer of seawall without seawall's native core.

The bytes of everything here, with golden vectors, are in ``docs/reference/stored_bytes.md``.
"""

from seawall.provenance.identifiers import identifier, identifiers
from seawall.provenance.json_form import MAX_JSON_DEPTH, canonical_json
from seawall.provenance.merkle import (
    DigestHex,
    InclusionProof,
    leaf_hash,
    merkle_root_after,
    merkle_root_from_path,
    merkle_root_of_peaks,
    node_hash,
)

__all__ = [
    "MAX_JSON_DEPTH",
    "DigestHex",
    "InclusionProof",
    "canonical_json",
    "identifier",
    "identifiers",
    "leaf_hash",
    "merkle_root_after",
    "merkle_root_from_path",
    "merkle_root_of_peaks",
    "node_hash",
]
