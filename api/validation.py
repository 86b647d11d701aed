"""What pydantic finds wrong, as faults in two languages that never repeat what was sent."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from api import shapes
from api.problems import MISSING, Fault, unknown
from ledger.model.glossary import Term

__all__ = ["faults_of", "is_path_wrong"]

_FAULTS_MOST: Final = 20

_QUOTED: Final = re.compile("'([^']*)'")
_OTHER: Final = Term("is not of its form.", "格式不符。")
_DETAILS: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "missing": MISSING,
        "string_type": Term("must be text.", "应为文本。"),
        "string_too_short": Term("is too short.", "过短。"),
        "string_too_long": Term("is too long.", "过长。"),
        "int_type": Term("must be a whole number.", "应为整数。"),
        "int_parsing": Term("must be a whole number.", "应为整数。"),
        "int_parsing_size": Term("is out of its range.", "超出范围。"),
        "bool_type": Term("must be true or false.", "应为 true 或 false。"),
        "bool_parsing": Term("must be true or false.", "应为 true 或 false。"),
        "list_type": Term("must be a list.", "应为列表。"),
        "tuple_type": Term("must be a list.", "应为列表。"),
        "too_short": Term("has too few items.", "条目过少。"),
        "too_long": Term("has too many items.", "条目过多。"),
        "model_type": Term("must be an object.", "应为对象。"),
        "model_attributes_type": Term("must be an object.", "应为对象。"),
        "dict_type": Term("must be an object.", "应为对象。"),
        "enum": Term("is none of the values listed for it.", "不在可选值之列。"),
    }
)


def is_path_wrong(errors: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the address names what cannot exist."""
    return any(one["loc"][:1] == ("path",) for one in errors)


def faults_of(errors: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """The first faults of a request, each at its place."""
    found = [_fault(one) for one in errors]
    return list(dict.fromkeys(found))[:_FAULTS_MOST]


def _fault(error: Mapping[str, Any]) -> Fault:
    source, *steps = error["loc"] or ("body",)
    detail = _detail(error["type"], error.get("ctx") or {})
    if error["type"] == "extra_forbidden":
        [*steps], detail = unknown(steps)
    if source == "body":
        pointer = "".join(f"/{step}" for step in steps if not _is_variant(step))
    else:
        pointer = str(steps[0]) if steps else str(source)
    return Fault(pointer, detail)


def _detail(kind: str, context: Mapping[str, Any]) -> Term:
    """What would be right, as far as it is known."""
    told = context.get("told")
    if isinstance(told, Term):
        return told
    match kind:
        case "literal_error":
            values = _QUOTED.findall(context["expected"])
            english, chinese = ", ".join(values), "、".join(values)
            return Term(f"must be one of {english}.", f"应为 {chinese} 之一。")
        case "greater_than_equal":
            return Term(f"must be at least {context['ge']}.", f"不得小于 {context['ge']}。")
        case "less_than_equal":
            return Term(f"must be at most {context['le']}.", f"不得大于 {context['le']}。")
        case "string_pattern_mismatch" if context["pattern"] == shapes.LABEL:
            return Term("must be one line of visible characters.", "应为单行可见字符。")
        case "string_pattern_mismatch" if context["pattern"] == shapes.REFERENCE:
            return shapes.REFERENCE_FORM
        case "string_pattern_mismatch" if example := shapes.FORMS.get(context["pattern"]):
            return Term(f"must be written like {example}.", f"应写作 {example} 之类。")
    return _DETAILS.get(kind, _OTHER)


def _is_variant(step: object) -> bool:
    """Steps that name a validator rather than a field."""
    return isinstance(step, str) and not step.isidentifier()
