"""From a dataset version to an engine's book: its tables, the rates it asks for, and a cache."""

from typing import Any

import msgspec

from seawall.engine import BookChoice, CurrencyConversion, EngineDeclaration
from seawall.errors import Conflict, NotFound
from seawall.session.cache import ByteBoundedCache, CacheUse
from seawall.session.codec import decode_table
from seawall.session.conversion import find_conversion
from seawall.session.dataset import DatasetSummary
from seawall.store import Store
from seawall.store.types import DatasetVersion
from seawall.table import Table

_OBJECT_BYTES = 8_000  # of a kept book, beside its cells: about


def read_summary(store: Store, version: DatasetVersion) -> DatasetSummary | None:
    """Return what normalising made of a dataset's records; None when it is not normalised."""
    try:
        derivation = store.derivation(version.tenant, version.dataset_version_id)
    except NotFound:
        return None
    return msgspec.json.decode(derivation.summary, type=DatasetSummary)


def read_tables(
    store: Store, version: DatasetVersion, *, name: str | None = None
) -> dict[str, Table]:
    """Read a dataset's tables by name, or that one alone; none when it is not normalised."""
    payloads: dict[str, list[bytes]] = {}
    for part in store.derived_tables(version.tenant, version.dataset_version_id, name=name):
        payloads.setdefault(part.name, []).append(part.payload)
    return {name: decode_table(parts) for name, parts in payloads.items()}


class Books:
    """Books of engines, decoded once and kept while they fit.

    Parameters
    ----------
    max_bytes : int
        What the tables behind all kept books together may weigh.
    """

    def __init__(self, max_bytes: int) -> None:
        self._kept: ByteBoundedCache[Any] = ByteBoundedCache(max_bytes)

    def book(
        self,
        store: Store,
        declaration: EngineDeclaration[Any, Any],
        version: DatasetVersion,
        asked: Any,
    ) -> Any:
        """Return the book that an engine's parameters ask for.

        Raises
        ------
        Conflict
            ``normalized_record_required`` when the dataset, that of the rates or an earlier one is
            not normalised.
        NotFound
            When there is no such dataset of rates, or no such earlier one.
        """
        choice = declaration.choose_book(asked)

        def make() -> tuple[Any, int]:
            tables = _normalised(store, version)
            earlier = [
                _normalised(store, store.dataset(version.tenant, dataset_version_id))["records"]
                for dataset_version_id in choice.earlier
            ]
            conversion = _conversion(store, version, choice)
            book = declaration.decode(tables, choice, conversion, earlier)
            return book, _OBJECT_BYTES + sum(table.native.nbytes for table in tables.values())

        # Engines that decode alike share their books.
        key = (version.tenant, version.dataset_version_id, declaration.decode, choice)
        return self._kept.get(key, make)

    def use(self) -> CacheUse:
        """Tell how they were used."""
        return self._kept.use()

    def clear(self) -> None:
        """Let go of all."""
        self._kept.clear()


def _normalised(store: Store, version: DatasetVersion) -> dict[str, Table]:
    tables = read_tables(store, version)
    if not tables:
        raise Conflict(
            "the dataset is not normalised yet",
            code="normalized_record_required",
            where=version.dataset_version_id,
        )
    return tables


def _conversion(
    store: Store, version: DatasetVersion, choice: BookChoice
) -> CurrencyConversion | None:
    if choice.rates is None or choice.currency is None:
        return None
    summary = read_summary(store, version)
    rates = store.dataset(version.tenant, choice.rates.dataset_version_id)
    return find_conversion(
        _normalised(store, rates)["records"],
        choice.rates,
        currency=choice.currency,
        held={} if summary is None else summary.currencies,
    )
