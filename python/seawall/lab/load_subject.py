"""Who a load goes to: a server, its key, and the dataset that it is asked about."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from seawall.errors import InvalidInput
from seawall.lab.disk import disk_folder
from seawall.lab.http_target import HttpTarget, ingest_sample, served
from seawall.lab.load_profile import DATASET_MARK, LoadProfile

_IDENTIFIER = re.compile(r"[A-Za-z0-9_.-]+")
_KEY_HEADER = "X-API-Key"


class LoadSubject(msgspec.Struct, frozen=True):
    """Who is asked."""

    base_url: str
    dataset_version_id: str = ""
    api_key: str = ""
    target: HttpTarget | None = None  # one of our own
    store: Path | None = None  # of one of our own


@contextmanager
def self_hosted(
    records: int, *, command: Sequence[str] | None = None, processes: int = 1
) -> Iterator[LoadSubject]:
    """Serve a sample dataset on an empty store until the end of the block.

    Parameters
    ----------
    records : int
        Of the dataset.
    command, processes
        As of `seawall.lab.http_target.served`.

    Raises
    ------
    SeawallError
        Of code ``process_failed``, ``wrong_answer`` or ``no_disk``.
    """
    with ExitStack() as stack:
        store = stack.enter_context(disk_folder()) / "service.db"
        target = stack.enter_context(served(store=store, command=command, processes=processes))
        dataset = ingest_sample(target, records=records)
        yield LoadSubject(target.base_url, dataset, target.api_key, target, store)


def aimed(profile: LoadProfile, subject: LoadSubject) -> LoadProfile:
    """Return a profile whose requests name the subject's dataset and bear its key.

    The result holds the key: what is kept or shown is the profile that was given.

    Raises
    ------
    InvalidInput
        If the profile asks for a dataset and the subject has none, or no identifier.
    """
    dataset = subject.dataset_version_id
    if profile.asks_for_dataset and not _IDENTIFIER.fullmatch(dataset):
        raise InvalidInput(
            f"{profile.name} asks for a dataset version, dv_…", where="dataset_version_id"
        )
    requests = []
    for request in profile.requests:
        headers = dict(request.headers)
        if subject.api_key and _KEY_HEADER.lower() not in {name.lower() for name in headers}:
            headers[_KEY_HEADER] = subject.api_key
        requests.append(
            msgspec.structs.replace(
                request,
                name=request.label,  # of the path as it was
                path=request.path.replace(DATASET_MARK, dataset),
                body=request.body.replace(DATASET_MARK, dataset),
                headers=headers,
            )
        )
    return msgspec.structs.replace(profile, requests=tuple(requests))


def fresh_sequence() -> int:
    """Return a first sequence whose numbers no earlier run has had: microseconds, 15 digits."""
    return 10**14 + time.time_ns() // 1000 % 10**14
