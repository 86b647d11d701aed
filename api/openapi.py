"""The OpenAPI document: what FastAPI finds, and every problem that each route may answer."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from api.forms import signed_form_of
from api.problems import MEDIA_TYPE
from api.shapes import Shape
from api.verbs import VERBS

__all__ = ["ALSO", "COLUMNS", "DESCRIPTION", "FORM", "Problem", "document"]

ALSO: Final = "x-problems"
"""In a route's `openapi_extra`: problems that do not follow from what it takes."""

COLUMNS: Final = "x-columns"
"""The columns of a file: the field of each, and its head in both languages."""

FORM: Final = "x-form"
"""The command whose signed form a route reads itself; such a route asks who submits."""

DESCRIPTION: Final = (
    "A ledger of supply-chain receivables, exact to the fen. Amounts are text, never numbers. "
    "Every write is a command that the acting participant signs: `…/typed-data` prepares it and "
    "says in one sentence what it does; the signed form is posted. A refusal is a problem whose "
    "`code` is the name of the ledger's own refusal; messages come in English and Chinese."
)


class FaultShape(Shape):
    """One place of the request that is not of its form."""

    pointer: str = Field(examples=["/message/parts/0/amount"])
    detail: str = Field(examples=["is missing."])


class Problem(Shape):
    """A refusal, RFC 9457. `code` is its stable name."""

    type: str = Field(examples=["/docs/refusals#AmountExceedsVoucher"])
    title: str = Field(examples=["Terms not possible"])
    status: int = Field(ge=400, le=599, examples=[409])
    detail: str = Field(examples=["Voucher V-1.1 holds CN¥10.00; CN¥20.00 is asked for."])
    instance: str = Field(examples=["urn:fenbook:trace:9f86d081884c7d659a2feaa0c55ad015"])
    code: str = Field(examples=["AmountExceedsVoucher"])
    params: dict[str, Any] = Field(examples=[{"voucher": "V-1.1", "asked": "20.00"}])
    errors: list[FaultShape]
    trace_id: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015"])
    retryable: bool
    next_step: str = Field(examples=["Offer at most what the voucher holds."])


_SAID: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "The request cannot be read.",
        401: "Nobody is signed in, or the sign-in does not hold.",
        403: "Not permitted.",
        404: "There is nothing here that you may see.",
        409: "Refused by the ledger, or in conflict with what stands.",
        413: "The request is too large.",
        415: "The media type is not taken.",
        422: "The request is not of its form.",
        429: "Too many requests; Retry-After says how long to wait.",
        500: "A fault of the service, which has been recorded.",
        503: "The service cannot answer now.",
    }
)


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document."""
    made = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description=DESCRIPTION,
        routes=app.routes,
        tags=app.openapi_tags,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/"}],
    )
    parts = made.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _, problem = models_json_schema(
        [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
    )
    schemas |= problem["$defs"]
    parts["responses"] = {f"Problem{status}": _problem(status) for status in _SAID}
    forms = [_own_body(one) for one in _operations(made) if FORM in one]
    _, own = models_json_schema(
        [(one, "validation") for one in forms], ref_template="#/components/schemas/{model}"
    )
    for name, schema in own["$defs"].items():
        if schemas.setdefault(name, schema) != schema:
            raise ValueError(f"two schemas are called {name}")
    for operation in _operations(made):
        _add_problems(operation)
    whole: dict[str, Any] = _whole(made)
    return whole


def _whole(value: Any) -> Any:
    """The framework writes bounds of whole numbers as fractions; nothing here is one."""
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) else value


def _own_body(operation: dict[str, Any]) -> type[BaseModel]:
    """Say what a route takes that reads its body itself."""
    form = signed_form_of(VERBS[operation.pop(FORM)])
    schema = {"$ref": f"#/components/schemas/{form.__name__}"}
    operation["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": schema}},
    }
    operation["security"] = [{"secret": []}]
    return form


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _SAID[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def _operations(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in made["paths"].values():
        yield from path.values()


def _add_problems(operation: dict[str, Any]) -> None:
    """By what an operation takes: a body, a person, parameters."""
    statuses = {400, 413, 422, 429, 500, 503, *operation.pop(ALSO, ())}
    if "security" in operation:
        statuses |= {401, 403, 404}
    names = {one["name"] for one in operation.get("parameters", ())}
    if "requestBody" in operation:
        statuses |= {409, 415}
    if names & {"Idempotency-Key", "idempotency-key"}:
        statuses.add(409)
    responses = operation.setdefault("responses", {})
    responses.pop("422", None)  # the framework's own form
    for status in sorted(statuses - {int(one) for one in responses}):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
