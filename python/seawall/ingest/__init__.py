"""Tapes to columns: profiles, readers, and the native pass over the bytes."""

from seawall.ingest.currency_rates import RateTable, built_in_rates
from seawall.ingest.profile import TapeProfile, built_in_profiles, load_profile
from seawall.ingest.source import Source, SourceFormat, open_source
from seawall.ingest.suggest import Suggestion
from seawall.ingest.suggest_source import suggest_source_profile
from seawall.ingest.tape import IngestedTape, explain, ingest_source, read_again
from seawall.ingest.whole_keys import reject_place

__all__ = [
    "IngestedTape",
    "RateTable",
    "Source",
    "SourceFormat",
    "Suggestion",
    "TapeProfile",
    "built_in_profiles",
    "built_in_rates",
    "explain",
    "ingest_source",
    "load_profile",
    "open_source",
    "read_again",
    "reject_place",
    "suggest_source_profile",
]
