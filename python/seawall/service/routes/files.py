"""Files in: written to a folder of their own while they arrive, then read like any other tape."""

import re
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO, Annotated, Any

import msgspec
from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from msgspec import UNSET, Meta, UnsetType

from seawall.errors import InvalidInput
from seawall.service.bodies import refuse_packed
from seawall.service.documented import described
from seawall.service.ingest_answers import IngestAnswer, answer_ingest
from seawall.service.parts import HttpRequest, Service, auditing
from seawall.service.queries import decode_query
from seawall.service.record_form import DEFAULT_PROFILE
from seawall.service.routes.ingest import MAX_INGEST_BYTES
from seawall.session import Dataset

PROFILE_OF_TABLES = "generic"

_WINDOW_BYTES = 1 << 20
_SUFFIXES = (".json", ".ndjson", ".jsonl", ".csv", ".tsv", ".xml")
_OBJECTS = (".json", ".ndjson", ".jsonl")
_NAMES = {
    "application/json": "records.json",
    "application/x-ndjson": "records.ndjson",
    "text/csv": "records.csv",
    "application/xml": "records.xml",
    "text/xml": "records.xml",
}
_FORM = "multipart/form-data"
_PACKED = (b"\x1f\x8b", b"PK")


class IngestFileQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a file is read. Without a name of its own its media type tells its format."""

    normalize: Annotated[
        bool,
        Meta(description="Whether columns are read now; else the records are kept as they are."),
    ] = True
    expected_checksum: Annotated[
        Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$")] | UnsetType,
        Meta(description="SHA-256 of the file, in hexadecimal."),
    ] = UNSET
    source_system: Annotated[
        Annotated[str, Meta(pattern=r"\S", max_length=200)] | UnsetType,
        Meta(description="What the records come from, where they do not say it."),
    ] = UNSET
    filename: Annotated[
        Annotated[str, Meta(max_length=200)] | UnsetType,
        Meta(description="Whose ending tells the format."),
    ] = UNSET
    profile: Annotated[
        Annotated[str, Meta(max_length=64)] | UnsetType,
        Meta(description="How the columns are read."),
    ] = UNSET
    strict: Annotated[bool, Meta(description="Whether one refused cell or row refuses all.")] = (
        False
    )


def file_routes(service: Service) -> list[HTTPRouteHandler]:
    """Return POST /api/v3/ingest-file."""

    @post(
        "/api/v3/ingest-file",
        request_max_body_size=MAX_INGEST_BYTES,
        opt=described(
            "Write the records of a file as a dataset version",
            role="ingest",
            weight="large",
            query=IngestFileQuery,
            files=(_FORM, *_NAMES),
            answer=IngestAnswer,
            refusals=(400, 409, 413, 415, 422, 503),
        ),
    )
    async def ingest_file(request: HttpRequest) -> Response[bytes]:
        session, query = service.session_of(request), decode_query(request, IngestFileQuery)
        audited = auditing(request)
        refuse_packed(request.headers.get("content-encoding", "identity"))
        with TemporaryDirectory(prefix="seawall-upload-") as folder:
            path = await _received(service, request, query, Path(folder))

            def ingest() -> Dataset:
                _check(path, query)
                default = DEFAULT_PROFILE if _is_objects(path) else PROFILE_OF_TABLES
                return session.ingest(
                    path,
                    profile=service.profiles.named(
                        default if query.profile is UNSET else query.profile,
                        source_system=None if query.source_system is UNSET else query.source_system,
                    ),
                    strict=query.strict,
                    whole_keys=_is_objects(path),
                    normalise=query.normalize,
                    audited=audited,
                )

            return await answer_ingest(service, ingest)

    return [ingest_file]


async def _received(
    service: Service, request: HttpRequest, query: IngestFileQuery, folder: Path
) -> Path:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == _FORM:
        form = await request.form()
        names = [name for name, _ in form.multi_items()]
        if len(names) > 1:
            surplus = next((name for name in names if name != "file"), "file")
            raise InvalidInput(
                "a form has a file and nothing beside it", where=surplus, code="body_invalid"
            )
        upload: Any = form.get("file")
        if not isinstance(upload, UploadFile):
            raise InvalidInput("the form has no file of this name", where="file")
        path = folder / _file_name(query, upload.filename)
        await service.off_loop(lambda: _copy(upload.file, path))
        return path
    if media_type not in _NAMES and query.filename is UNSET:
        raise InvalidInput(
            f"send one of {', '.join((_FORM, *_NAMES))}, or give a filename",
            where="content-type",
            code="unsupported_media_type",
        )
    path = folder / _file_name(query, _NAMES.get(media_type, ""))
    with path.open("wb") as file:
        async for window in _windows(request.stream()):
            await service.off_loop(lambda part=window: file.write(part))  # type: ignore[misc]
    return path


async def _windows(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Join what arrives, so that writing takes few turns."""
    waiting = bytearray()
    async for piece in pieces:
        waiting += piece
        if len(waiting) >= _WINDOW_BYTES:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _copy(file: IO[bytes], path: Path) -> None:
    with path.open("wb") as target:
        copyfileobj(file, target, _WINDOW_BYTES)


def _file_name(query: IngestFileQuery, given: str) -> str:
    """Return a name without a way out of its folder."""
    name = given if query.filename is UNSET else query.filename
    safe = re.sub(r"[^A-Za-z0-9._\-]", "_", Path(name.replace("\\", "/")).name)[-100:].lstrip(".")
    if Path(safe).suffix.lower() not in _SUFFIXES:
        raise InvalidInput(
            f"the name must end in one of {', '.join(_SUFFIXES)}",
            where="filename",
            code="unsupported_media_type",
        )
    return safe


def _is_objects(path: Path) -> bool:
    return path.suffix.lower() in _OBJECTS


def _check(path: Path, query: IngestFileQuery) -> None:
    if path.stat().st_size == 0:
        raise InvalidInput("the file is empty", where="file", code="source_unreadable")
    with path.open("rb") as file:
        if file.read(4).startswith(_PACKED):
            raise InvalidInput(
                "packed files are not taken: send what is inside",
                where="file",
                code="unsupported_media_type",
            )
        if query.expected_checksum is UNSET:
            return
        file.seek(0)
        digest = sha256()
        while piece := file.read(_WINDOW_BYTES):
            digest.update(piece)
    if digest.hexdigest() != query.expected_checksum.lower():
        raise InvalidInput(
            f"the file's SHA-256 is {digest.hexdigest()}",
            where="expected_checksum",
            code="file_checksum_mismatch",
        )
