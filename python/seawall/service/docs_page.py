"""The OpenAPI document as a page to read: without a script, and without a network."""

import json
from html import escape
from typing import Any

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #d0d7de}
details{border:1px solid #d0d7de;border-radius:6px;margin:.4rem 0;padding:.3rem .7rem}
summary{cursor:pointer}code,pre{font:13px/1.45 ui-monospace,monospace}
pre{background:#f6f8fa;padding:.7rem;border-radius:6px;overflow-x:auto}
table{border-collapse:collapse;margin:.5rem 0}
td,th{border:1px solid #d0d7de;padding:.2rem .5rem;text-align:left}
.method{display:inline-block;min-width:4rem;font-weight:600}
.post{color:#1a7f37}.get{color:#0969da}.delete{color:#cf222e}.put{color:#9a6700}
"""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""The page's content security policy: its own style and nothing else."""


def docs_page(document: dict[str, Any]) -> str:
    """Return the page of a document."""
    groups: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = _operation(path, method, operation)
            groups.setdefault(operation["tags"][0], []).append(shown)
    sections = "".join(
        f"<h2>{escape(tag)}</h2>{''.join(shown)}" for tag, shown in sorted(groups.items())
    )
    schemas = "".join(
        f'<details id="schema-{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        f"{_json(schema)}</details>"
        for name, schema in sorted(document["components"]["schemas"].items())
    )
    info = document["info"]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(info['title'])}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>"
        f"<p>{escape(info['summary'])} Send an API key as <code>X-API-Key</code>, or a token as "
        "<code>Authorization: Bearer</code>. For tools: "
        '<a href="/openapi.json">openapi.json</a>.</p>'
        f"{sections}<h2>Schemas</h2>{schemas}</body></html>"
    )


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    body = operation.get("requestBody", {}).get("content", {})
    taken = "".join(
        f"<p>Takes <code>{escape(kind)}</code>: {_schema(said['schema'])}</p>"
        for kind, said in body.items()
    )
    return (
        f'<details><summary><span class="method {method}">{method.upper()}</span>'
        f"<code>{escape(path)}</code> {escape(operation['summary'])}</summary>"
        f"{_parameters(operation['parameters'])}{taken}{_responses(operation['responses'])}"
        "</details>"
    )


def _parameters(parameters: list[dict[str, Any]]) -> str:
    if not parameters:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{one['in']}</td>"
        f"<td>{_schema(one['schema'])}</td></tr>"
        for one in parameters
    )
    return f"<table><tr><th>parameter</th><th>in</th><th>schema</th></tr>{rows}</table>"


def _responses(responses: dict[str, Any]) -> str:
    rows = []
    for status, said in responses.items():
        schemas = [_schema(content["schema"]) for content in said.get("content", {}).values()]
        rows.append(
            f"<tr><td>{status}</td><td>{escape(said['description'])}</td>"
            f"<td>{' '.join(schemas)}</td></tr>"
        )
    return f"<table><tr><th>answer</th><th></th><th>schema</th></tr>{''.join(rows)}</table>"


def _schema(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#schema-{escape(name)}"><code>{escape(name)}</code></a>'
    return f"<code>{escape(json.dumps(schema))}</code>"


def _json(schema: dict[str, Any]) -> str:
    return f"<pre>{escape(json.dumps(schema, indent=2, ensure_ascii=False))}</pre>"
