"""The OpenAPI 3.1 document, made from what every route says of itself."""

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.routes import BaseRoute, HTTPRoute

from seawall import __version__
from seawall.errors import InvalidInput
from seawall.service.admission import NEVER_WAIT
from seawall.service.documented import Described
from seawall.service.problem_codes import CODES
from seawall.service.problems import Problem

_REFS = "#/components/schemas/{name}"
_REQUEST_ID = {"X-Request-ID": {"$ref": "#/components/headers/RequestId"}}
_RETRIED = (429, 503)

# What stands in a path.
_PLACES = {
    "dataset_version_id": "A dataset version's identifier.",
    "evidence_id": "An identifier of evidence.",
    "finding_id": "A finding's identifier.",
    "job_id": "A job's identifier.",
    "key_id": "An API key's identifier, which is no part of its secret.",
    "name": "Of a table, or of a file of the page.",
    "record": "A record of the dataset, counted from 0.",
    "run_id": "A run's identifier.",
    "scenario": "A scenario of the simulation, counted from 0.",
    "token_id": "A token's identifier, its jti.",
    "wire_name": "An engine, as its routes name it.",
}

# What tells a type from the others in its place: no annotation of the Struct has it.
_TAG = {"description": "Says which of several types this is."}

_Operation = tuple[str, str, HTTPRouteHandler, Described]  # path, method, handler, what it says


def openapi_document(routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """Make the document of an application.

    Raises
    ------
    InvalidInput
        ``route_undescribed`` for a route that does not say what it takes and answers.
    """
    operations = sorted(_operations(routes), key=lambda found: found[:2])
    kinds = _kinds(operations)
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REFS)
    schema_of = {_key(kind): schema for kind, schema in zip(kinds, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for path, method, handler, said in operations:
        place = paths.setdefault(path, {})
        place[method] = _operation(path, handler, said, schema_of, components)
    queries = {said.query.__name__ for *_, said in operations if said.query is not None}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "seawall",
            "version": __version__,
            "summary": "Financial stress with evidence for every figure.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {
                **{k: _component(v) for k, v in components.items() if k not in queries},
                **{_problem_name(status): _problem(status) for status in sorted(CODES)},
            },
            "headers": {
                "RequestId": {
                    "description": "The request's identifier: the caller's, or a new one.",
                    "schema": {"type": "string"},
                },
                "RetryAfter": {
                    "description": "Seconds after which to ask again.",
                    "schema": {"type": "integer"},
                },
            },
            "securitySchemes": {
                "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    }


def _operations(routes: Iterable[BaseRoute]) -> Iterator[_Operation]:
    for route in routes:
        if not isinstance(route, HTTPRoute):
            continue
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path_format or route.path)
        for handler in route.route_handlers:
            methods = {str(method) for method in handler.http_methods} - {"OPTIONS"}
            for method in sorted(methods):
                said = handler.opt.get("described")
                if not isinstance(said, Described):
                    raise InvalidInput(
                        "does not say what it takes and answers",
                        where=f"{method} {path}",
                        code="route_undescribed",
                    )
                yield path, method.lower(), handler, said


def _kinds(operations: Iterable[_Operation]) -> list[Any]:
    found: dict[str, Any] = {_key(Problem): Problem}
    for *_, said in operations:
        for kind in (said.body, *_answers(said), said.query):
            if kind is not None:
                found[_key(kind)] = kind
    return list(found.values())


def _answers(said: Described) -> tuple[Any, ...]:
    return said.answer if isinstance(said.answer, tuple) else (said.answer,)


def _answer_schema(said: Described, schema_of: Mapping[str, Any]) -> Any:
    one, *others = (schema_of[_key(kind)] for kind in _answers(said))
    return {"anyOf": [one, *others]} if others else one


def _key(kind: Any) -> str:
    return repr(kind)


def _operation(
    path: str,
    handler: HTTPRouteHandler,
    said: Described,
    schema_of: Mapping[str, Any],
    components: Mapping[str, Any],
) -> dict[str, Any]:
    name = handler.name or handler.handler_name
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", name).strip("_"),
        "summary": said.summary,
        "tags": [_tag(path)],
        "parameters": _parameters(path, handler, said, components),
        "responses": _responses(path, handler, said, schema_of),
        "security": _security(handler.opt),
        **_demands(handler.opt),
    }
    if said.body is not None:
        operation["requestBody"] = {
            "required": not said.may_be_empty,
            "content": {"application/json": {"schema": schema_of[_key(said.body)]}},
        }
    if said.files:
        operation["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": _file_schema(kind)} for kind in said.files},
        }
    return operation


def _file_schema(media_type: str) -> dict[str, Any]:
    if not media_type.startswith("multipart/"):
        return {}  # of any content: the media type says it all
    return {
        "type": "object",
        "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
        "required": ["file"],
        "additionalProperties": False,
    }


def _parameters(
    path: str, handler: HTTPRouteHandler, said: Described, components: Mapping[str, Any]
) -> list[dict[str, Any]]:
    typed = handler.fn.__annotations__
    found: list[dict[str, Any]] = []
    for name in re.findall(r"\{(\w+)\}", path):
        is_number = "int" in str(typed.get(name))
        schema = {"type": "integer", "minimum": 0} if is_number else {"type": "string"}
        told = {"name": name, "in": "path", "description": _PLACES[name], "required": True}
        found.append({**told, "schema": schema})
    if said.query is not None:
        query = components[said.query.__name__]
        for name, told in query["properties"].items():
            schema = dict(told)
            found.append(
                {
                    "name": name,
                    "in": "query",
                    "description": schema.pop("description"),
                    "required": name in query.get("required", ()),
                    "schema": schema,
                }
            )
    return found


def _responses(
    path: str, handler: HTTPRouteHandler, said: Described, schema_of: Mapping[str, Any]
) -> dict[str, Any]:
    success: dict[str, Any] = {
        "description": HTTPStatus(said.status).phrase,
        "headers": dict(_REQUEST_ID),
    }
    if said.answer is not None:
        schema = _answer_schema(said, schema_of)
        success["content"] = {kind: {"schema": schema} for kind in said.media_types}
    responses = {str(said.status): success}
    for status in sorted(_refusals(path, handler, said)):
        headers: dict[str, Any] = dict(_REQUEST_ID)
        if status in _RETRIED:
            headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
        responses[str(status)] = {
            "description": HTTPStatus(status).phrase,
            "headers": headers,
            "content": {"application/json": {"schema": _refusal_schema(said, status, schema_of)}},
        }
    return responses


def _refusal_schema(said: Described, status: int, schema_of: Mapping[str, Any]) -> Any:
    problem = {"$ref": _REFS.format(name=_problem_name(status))}
    if status in said.also:  # an answer of its own, such as that of a service that is not well
        return {"anyOf": [_answer_schema(said, schema_of), problem]}
    return problem


def _problem_name(status: int) -> str:
    return f"{Problem.__name__}{status}"


def _problem(status: int) -> dict[str, Any]:
    """Return the schema of a problem with the codes that its status has."""
    return {
        "description": f"A problem of status {status}.",
        "allOf": [{"$ref": _REFS.format(name=Problem.__name__)}],
        "properties": {
            "detail": {
                "description": "A code that such a problem may bear.",
                "enum": [code.upper() for code in CODES[status]],
            }
        },
    }


def _refusals(path: str, handler: HTTPRouteHandler, said: Described) -> set[int]:
    """Return the statuses that a route may answer beside its success."""
    statuses = {*said.refusals, *said.also, 400, 500}  # 400: a query that it does not know
    if path not in NEVER_WAIT:
        statuses.add(503)
    if not handler.opt.get("public"):
        statuses |= {401, 403, 429, 503}
    if "{" in path:
        statuses.add(404)
    if said.body is not None or said.files:
        statuses |= {408, 413, 415, 422}
    if not handler.http_methods <= {"GET", "HEAD", "OPTIONS"}:
        statuses.add(507)  # it writes, if only to the audit
    return statuses - {said.status}


def _security(opt: Mapping[str, Any]) -> list[dict[str, list[str]]]:
    if opt.get("public"):
        return []
    if "credential" in opt:
        return [{opt["credential"]: []}]
    return [{"api_key": []}, {"token": []}]


def _demands(opt: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a credential must have, which no field of the standard says."""
    said: dict[str, Any] = {}
    if "role" in opt:
        said["x-required-role"] = opt["role"]
    if opt.get("operator"):
        said["x-operator-tenant-only"] = True
    return said


def _tag(path: str) -> str:
    parts = [part for part in path.split("/") if part and not re.fullmatch(r"api|v\d+", part)]
    return parts[0] if parts else "page"  # of the page, at the root


def _component(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a Struct, its description laid out as one text.

    It is closed: what is asked may hold nothing else, and what is answered does not.
    """
    closed = {**schema, "additionalProperties": False}
    if "description" in schema:
        lines = [line.strip() for line in schema["description"].splitlines()]
        closed["description"] = "\n".join(lines)
    closed["properties"] = {
        name: {**_TAG, **member} if len(member.get("enum", ())) == 1 else member
        for name, member in schema["properties"].items()
    }
    return closed
