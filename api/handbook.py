"""The pages under /docs: the OpenAPI document and the refusals as plain HTML, without a script.

Everything comes from this service: no other host is asked, and the policy of the pages forbids it.
"""

import json
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from typing import Any, Final

from api.problems import STATUS
from ledger.model import errors
from ledger.model.errors import LedgerError, Wording
from ledger.model.glossary import Language

__all__ = ["POLICY", "operations_page", "refusals_page", "style"]

POLICY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Content-Security-Policy of these pages."""

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_DEPTH: Final = 4


def style() -> str:
    """The style sheet."""
    return files("api").joinpath("handbook.css").read_text("utf-8")


def operations_page(document: Mapping[str, Any]) -> str:
    """Every operation with what it takes and answers."""
    tags: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                tags.setdefault(operation["tags"][0], []).append((method, path, operation))
    links = "".join(f'<li><a href="#{_id(tag)}">{escape(tag)}</a></li>' for tag in tags)
    body = "".join(_section(document, tag, found) for tag, found in tags.items())
    info = document["info"]
    head = (
        f"<h1>{escape(info['title'])} <small>{escape(info['version'])}</small></h1>"
        f"<p>{escape(info['description'])}</p>"
        '<p><a href="/v1/openapi.json">openapi.json</a> · '
        '<a href="/docs/refusals">refusals 拒绝码</a></p>'
    )
    return _page(info["title"], f"{head}<nav><ul>{links}</ul></nav>{body}")


def refusals_page(language: Language) -> str:
    """Every refusal: its code and status, when it comes, what to do next."""
    rows = "".join(_refusal(one, language) for one in _refusals())
    heads = ("代码", "状态", "何时", "下一步") if language == "zh" else _HEADS
    head = "".join(f"<th>{one}</th>" for one in heads)
    title = "拒绝码" if language == "zh" else "Refusals"
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    back = '<p><a href="/docs">API</a></p>'
    return _page(title, f"<h1>{title}</h1>{back}{table}", language)


_HEADS: Final = ("Code", "Status", "When", "What next")


def _refusals() -> Iterator[type[LedgerError]]:
    for name in sorted(errors.__all__):
        one = getattr(errors, name)
        if isinstance(one, type) and issubclass(one, LedgerError) and one is not LedgerError:
            yield one


def _refusal(error: type[LedgerError], language: Language) -> str:
    english = " ".join((error.__doc__ or "").split())
    told = [Wording((english, error.zh), error.next_steps), *error.without.values()]
    at = 1 if language == "zh" else 0
    when, after = (
        "<br>".join(escape(texts[at]) for texts in column) for column in zip(*told, strict=True)
    )
    name = error.__name__
    return (
        f'<tr id="{name}"><td><code>{name}</code></td><td>{STATUS[error.kind]}</td>'
        f"<td>{when}</td><td>{after}</td></tr>"
    )


def _section(
    document: Mapping[str, Any], tag: str, found: list[tuple[str, str, dict[str, Any]]]
) -> str:
    parts = "".join(_operation(document, *one) for one in found)
    return f'<section id="{_id(tag)}"><h2>{escape(tag)}</h2>{parts}</section>'


def _operation(
    document: Mapping[str, Any], method: str, path: str, operation: dict[str, Any]
) -> str:
    name = operation["operationId"]
    said = escape(operation.get("description") or operation.get("summary", ""))
    lock = " 🔒" if "security" in operation else ""
    return (
        f'<details id="{name}"><summary><b class="{method}">{method.upper()}</b> '
        f"<code>{escape(path)}</code>{lock} <span>{escape(name)}</span></summary><p>{said}</p>"
        f"{_parameters(operation)}{_body(document, operation)}{_answers(document, operation)}"
        "</details>"
    )


def _parameters(operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{one['in']}</td>"
        f"<td>{_kind(one.get('schema', {}))}</td><td>{escape(one.get('description', ''))}</td></tr>"
        for one in operation.get("parameters", ())
    )
    return f"<h3>Parameters</h3><table>{rows}</table>" if rows else ""


def _body(document: Mapping[str, Any], operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return "".join(
        f"<h3>Body <small>{escape(kind)}</small></h3>{_schema(document, one.get('schema', {}))}"
        f"{_example(one)}"
        for kind, one in content.items()
    )


def _answers(document: Mapping[str, Any], operation: dict[str, Any]) -> str:
    parts = []
    for status, answer in operation["responses"].items():
        if "$ref" in answer:
            parts.append(f"<code>{status}</code>")
            continue
        content = answer.get("content", {})
        schema = dict(next(iter(content.values()), {})).get("schema", {})
        parts.append(
            f"<div><code>{status}</code> {escape(answer.get('description', ''))}"
            f"{_schema(document, schema)}</div>"
        )
    return f"<h3>Answers</h3>{' '.join(parts)}"


def _schema(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> str:
    """The fields of an object, and of what lies in it."""
    found = _resolved(document, schema)
    if found.get("type") == "array":
        found = _resolved(document, found.get("items", {}))
    rows = "".join(
        _field(document, name, one, name in found.get("required", ()), depth)
        for name, one in found.get("properties", {}).items()
    )
    return f"<table>{rows}</table>" if rows else ""


def _field(
    document: Mapping[str, Any], name: str, schema: Mapping[str, Any], required: bool, depth: int
) -> str:
    found = _resolved(document, schema)
    inner = _schema(document, found, depth + 1) if depth < _DEPTH else ""
    mark = "" if required else " <i>optional</i>"
    said = escape(str(schema.get("description") or found.get("description", "")))
    return (
        f"<tr><td><code>{escape(name)}</code>{mark}</td><td>{_kind(found)}</td>"
        f"<td>{said}{inner}</td></tr>"
    )


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind a reference, and of a choice the first that is not null."""
    if "anyOf" in schema:
        some = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return {**_resolved(document, some[0]), **_said(schema)}
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        found: Mapping[str, Any] = document["components"]["schemas"][name]
        return found
    return schema


def _said(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": schema["description"]} if "description" in schema else {}


def _kind(schema: Mapping[str, Any]) -> str:
    kind = str(schema.get("type", "object"))
    if "enum" in schema:
        return escape(" | ".join(map(str, schema["enum"])))
    if "pattern" in schema:
        return f'{escape(kind)} <small title="{escape(schema["pattern"])}">pattern</small>'
    return escape(kind)


def _example(content: Mapping[str, Any]) -> str:
    examples = content.get("examples", {})
    return "".join(
        f"<pre>{escape(json.dumps(one['value'], ensure_ascii=False, indent=2))}</pre>"
        for one in examples.values()
    )


def _id(tag: str) -> str:
    return "tag-" + "".join(one if one.isalnum() else "-" for one in tag)


def _page(title: str, body: str, language: Language = "en") -> str:
    code = "zh-CN" if language == "zh" else "en"
    return (
        f'<!doctype html><html lang="{code}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title>"
        '<link rel="stylesheet" href="/docs/style.css"></head>'
        f"<body><main>{body}</main></body></html>"
    )
