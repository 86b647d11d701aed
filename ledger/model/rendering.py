"""One value of a command or refusal as text, by its meaning. Errors and sentences share it."""

import re
from collections.abc import Callable, Mapping
from string import Formatter
from types import MappingProxyType
from typing import Any, Final

from ledger.model import figures
from ledger.model.causes import cause_text
from ledger.model.glossary import EXPECTED, Language, label, term
from ledger.model.meanings import Meaning
from ledger.model.states import Duty, PayableState, Role, VoucherState
from ledger.model.values import value_text

__all__ = ["NO_NAMES", "Names", "filled", "name_text", "rendered"]

Names = Mapping[int, str]
"""Display names of participants by id."""

NO_NAMES: Final[Names] = MappingProxyType({})

_CJK = "[\u4e00-\u9fff]"
_BORDER = re.compile(f"{_CJK}[0-9A-Za-z]|[0-9A-Za-z]{_CJK}")
_INPUT_LENGTH = 60
_WIDTH = re.compile(r"uint(\d+)")

# What a refusal's `value` means when its `field` is this one.
_FIELD_MEANINGS: Final = MappingProxyType(
    {
        # The label says "a year" or "a day" already.
        "rate": Meaning.SHARE,
        "rate_max": Meaning.SHARE,
        "ltv": Meaning.SHARE,
        "share": Meaning.SHARE,
        "obligor_share": Meaning.SHARE,
        "share_max": Meaning.SHARE,
        "late_rate_daily": Meaning.SHARE,
        "overdue_multiplier": Meaning.MULTIPLIER,
        "advance": Meaning.AMOUNT,
        "amount": Meaning.AMOUNT,
        "piece_min": Meaning.AMOUNT,
        "due": Meaning.DAY,
        "value_day": Meaning.DAY,
        "effective": Meaning.DAY,
        "tenor_days_max": Meaning.DAY_COUNT,
        "offer_days": Meaning.DAY_COUNT,
    }
)


def rendered(
    value: Any,
    meaning: Meaning,
    language: Language,
    names: Names = NO_NAMES,
    *,
    field: bytes | str = "",
) -> str:
    """The value in words; `field` names the field that a `FIELD_VALUE` belongs to."""
    if meaning is Meaning.FIELD_VALUE:
        meaning = _FIELD_MEANINGS.get(_field_name(field), Meaning.NUMBER)
    if meaning is Meaning.PARTICIPANT:
        return name_text(value, language, names)
    return _RENDERERS[meaning](value, language)


def name_text(participant: int, language: Language, names: Names) -> str:
    """A participant's display name, in characters that cannot disguise a sentence."""
    if participant == 0:
        return term("nobody", language)
    name = names.get(participant)
    if name is None:
        return f"{term('participant', language).capitalize()} {participant}"
    return "".join(one if one.isprintable() or one == "\u3000" else "\ufffd" for one in name)


def filled(template: str, texts: Mapping[str, str]) -> str:
    """A template with its values; Chinese keeps a space from Latin letters and digits beside it."""
    made = ""
    for literal, name, _, _ in Formatter().parse(template):
        made = _joined(made, literal)
        if name is not None:
            made = _joined(made, texts[name])
    return made


def _joined(left: str, right: str) -> str:
    return f"{left} {right}" if _BORDER.fullmatch(left[-1:] + right[:1]) else left + right


def _field_name(field: bytes | str) -> str:
    """A field's snake_case name out of the short text that a contract sends as bytes32."""
    if isinstance(field, bytes):
        field = field.rstrip(b"\0").decode("ascii", "replace")
    return re.sub(r"(?<!^)([A-Z])", r"_\1", field).lower()


def _amount(value: int, language: Language) -> str:
    return figures.yuan_text(value, "¥" if language == "zh" else "CN¥")


def _annual(value: int, language: Language) -> str:
    percent = figures.percent_text(value)
    return f"年利率 {percent}" if language == "zh" else f"{percent} p.a."


def _daily(value: int, language: Language) -> str:
    percent = figures.percent_text(value)
    return percent if language == "zh" else f"{percent} a day"


def _days(value: int, language: Language) -> str:
    if language == "zh":
        return f"{value} 天"
    return f"{value} day" if value == 1 else f"{value} days"


def _payout(value: int, language: Language) -> str:
    return f"{term('payout', language)} {value}"


def _roles(value: int, language: Language) -> str:
    return _bits(value, [role for role in Role if value & role], language)


def _duties(value: int, language: Language) -> str:
    return _bits(value, [duty for duty in Duty if value & duty], language)


def _bits(value: int, known: list[Role] | list[Duty], language: Language) -> str:
    words = [term(str(one.name).lower(), language) for one in known]
    if rest := value - sum(known):
        words.append(str(rest))
    return ("、" if language == "zh" else ", ").join(words) or term("none", language)


def _payable_state(value: int, language: Language) -> str:
    return term(f"state_{PayableState(value).name.lower()}", language)


def _voucher_state(value: int, language: Language) -> str:
    return term(f"state_{VoucherState(value).name.lower()}", language)


def _input(value: object, _: Language) -> str:
    text = repr(value)
    return text if len(text) <= _INPUT_LENGTH else text[: _INPUT_LENGTH - 1] + "…"


def _expected(value: str, language: Language) -> str:
    if width := _WIDTH.fullmatch(value):
        top = (1 << int(width[1])) - 1
        return f"从 0 至 {top} 的整数" if language == "zh" else f"a whole number from 0 to {top}"
    return EXPECTED[value].text(language) if value in EXPECTED else value


def _day_set(value: int, _: Language) -> str:
    return f"0x{value:064x}"


def _address(value: bytes | str, _: Language) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else value


def _hex(value: bytes, _: Language) -> str:
    return "0x" + value.hex()


def _plain(value: object, _: Language) -> str:
    return str(value)


_RENDERERS: Final[Mapping[Meaning, Callable[[Any, Language], str]]] = MappingProxyType(
    {
        Meaning.PAYABLE: lambda value, _: figures.payable_name(value),
        Meaning.VOUCHER: lambda value, _: figures.voucher_name(value),
        Meaning.LOAN: lambda value, _: figures.loan_name(value),
        Meaning.PAYOUT: _payout,
        Meaning.AMOUNT: _amount,
        Meaning.POSITION: _amount,
        Meaning.RATE: _annual,
        Meaning.DAILY_RATE: _daily,
        Meaning.SHARE: lambda value, _: figures.percent_text(value),
        Meaning.MULTIPLIER: lambda value, _: figures.multiple_text(value),
        Meaning.DAY: lambda value, _: figures.date_text(value),
        Meaning.DAY_COUNT: _days,
        Meaning.SECOND: lambda value, _: figures.time_text(value),
        Meaning.COUNT: _plain,
        Meaning.INDEX: _plain,
        Meaning.NUMBER: _plain,
        Meaning.NONCE: _plain,
        Meaning.ROLES: _roles,
        Meaning.DUTIES: _duties,
        Meaning.PAYABLE_STATE: _payable_state,
        Meaning.VOUCHER_STATE: _voucher_state,
        Meaning.COMMITMENT: _hex,
        Meaning.ADDRESS: _address,
        Meaning.KEY: _hex,
        Meaning.FLAG: lambda value, language: term("yes" if value else "no", language),
        Meaning.DAY_SET: _day_set,
        Meaning.FIELD_NAME: lambda value, language: label(_field_name(value), language),
        Meaning.INPUT: _input,
        Meaning.EXPECTED: _expected,
        Meaning.TEXT: _plain,
        Meaning.WORD: value_text,
        Meaning.CAUSE: cause_text,
    }
)
