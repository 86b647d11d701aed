"""What a person signs, in words: one plain sentence, and a table of every signed field.

Both are made from the command alone, so that whoever signs reads exactly what the digest covers.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from ledger.model.capitals import CAPITALS_MAX, capitals
from ledger.model.glossary import Language, label, term
from ledger.model.meanings import Meaning
from ledger.model.parts import InvoiceUse, Part
from ledger.model.phrases import CHOICES, SENTENCES
from ledger.model.plain import plain_of
from ledger.model.rendering import NO_NAMES, Names, rendered
from ledger.model.structs import Command, Field, Struct, fields_of

__all__ = ["amount_in_words", "fields", "sentence"]

_PARTS_SPOKEN: Final = 3
_AFTER_BRACKET: Final = re.compile(r"）\s+")

Row = tuple[str, str]
"""Label and value."""

Phrase = Callable[[Any, Language, Names], str]


def sentence(command: Command, names: Names = NO_NAMES, language: Language = "en") -> str:
    """One sentence that says what the command does when it is signed."""
    texts = {
        member.name: _spoken(command, member, language, names)
        for member in fields_of(type(command))
        if member.struct is None and not member.is_list
    }
    for name, phrase in _PHRASES.items():
        if name in SENTENCES[type(command).__name__].en:
            texts[name.strip("{}")] = phrase(command, language, names)
    text = SENTENCES[type(command).__name__].text(language).format_map(texts)
    return _AFTER_BRACKET.sub("）", text) if language == "zh" else text


def fields(command: Command, names: Names = NO_NAMES, language: Language = "en") -> tuple[Row, ...]:
    """Label and value of every signed field, in signing order, structs and lists opened."""
    return tuple(_rows(command, names, language, prefix=""))


def amount_in_words(fen: int, language: Language) -> str:
    """An amount in figures and in capital figures."""
    figures = rendered(fen, Meaning.AMOUNT, language)
    if fen > CAPITALS_MAX:
        return figures
    return f"{figures}（{capitals(fen)}）" if language == "zh" else f"{figures} ({capitals(fen)})"


def _spoken(command: Struct, member: Field, language: Language, names: Names) -> str:
    """A value inside a sentence."""
    value = getattr(command, member.name)
    if member.name in CHOICES:
        return CHOICES[member.name][value].text(language)
    if member.meaning is Meaning.AMOUNT:
        return amount_in_words(value, language)
    return rendered(value, member.meaning, language, names)


def _rows(struct: Struct, names: Names, language: Language, *, prefix: str) -> list[Row]:
    rows: list[Row] = []
    for member in fields_of(type(struct)):
        value = getattr(struct, member.name)
        name = prefix + label(member.name, language)
        if not member.is_list:
            rows += _opened(struct, member, (name, value), language, names)
            continue
        rows.append((name, _number_of(len(value), language)))
        for place, item in enumerate(value, start=1):
            entry = (f"{prefix}{label(f'{member.name}_item', language)} {place}", item)
            rows += _opened(struct, member, entry, language, names)
    return rows


def _opened(
    struct: Struct, member: Field, entry: tuple[str, Any], language: Language, names: Names
) -> list[Row]:
    """The rows of one value: itself, or the fields of the struct that it is."""
    name, value = entry
    if isinstance(value, Struct):
        return _rows(value, names, language, prefix=f"{name} · ")
    return [(name, _tabled(struct, member, value, language, names))]


def _tabled(struct: Struct, member: Field, value: Any, language: Language, names: Names) -> str:
    """A value in the table, with what a display name or a rounded form would hide."""
    text = rendered(value, member.meaning, language, names)
    match member.meaning:
        case Meaning.PARTICIPANT if value:
            return f"{text}（{value}）" if language == "zh" else f"{text} ({value})"
        case Meaning.AMOUNT:
            return amount_in_words(value, language)
        case Meaning.POSITION:
            return f"{value:,} 分（{text}）" if language == "zh" else f"fen {value:,} ({text})"
        case Meaning.SECOND if value == 0 and member.name == "expiry":
            return term("never", language)
        case Meaning.FLAG if member.name == "recourse":
            return term("recourse_full" if value else "recourse_none", language)
        case Meaning.DAY_SET:
            return ", ".join(plain_of(struct)[member.name]) or term("none", language)
    return text


def _number_of(count: int, language: Language) -> str:
    return f"共 {count} 项" if language == "zh" else f"{count} in all"


# ---- phrases: what a sentence says about a list or a pair of fields


def _parts_phrase(command: Any, language: Language, names: Names) -> str:
    parts: tuple[Part, ...] = command.parts
    if len(parts) <= _PARTS_SPOKEN:
        spoken = [_part_phrase(part, language, names) for part in parts]
        return ("；" if language == "zh" else "; ").join(spoken) or term("nothing", language)
    total = amount_in_words(sum(part.amount for part in parts), language)
    vouchers = len({part.voucher for part in parts})
    receivers = len({part.to for part in parts})
    if language == "zh":
        return (
            f"从 {vouchers} 张凭证中转让合计 {total}，共 {len(parts)} 项，接收方为 {receivers} 个"
            "参与方，逐项见表"
        )
    return (
        f"{total} in {len(parts)} parts of {vouchers} vouchers to {receivers} participants, "
        "each in the table"
    )


def _part_phrase(part: Part, language: Language, names: Names) -> str:
    amount = amount_in_words(part.amount, language)
    voucher = rendered(part.voucher, Meaning.VOUCHER, language)
    receiver = rendered(part.to, Meaning.PARTICIPANT, language, names)
    if language == "zh":
        return f"将凭证 {voucher} 中的 {amount} 转让给 {receiver}"
    return f"{amount} of voucher {voucher} to {receiver}"


def _invoices_phrase(command: Any, language: Language, _: Names) -> str:
    invoices: tuple[InvoiceUse, ...] = command.invoices
    used = amount_in_words(sum(invoice.used for invoice in invoices), language)
    if not invoices:
        return "以其他贸易背景材料为据" if language == "zh" else "backed by other evidence"
    if language == "zh":
        return f"以 {len(invoices)} 张发票中的 {used} 为据"
    noun = "invoice" if len(invoices) == 1 else "invoices"
    return f"backed by {used} of {len(invoices)} {noun}"


def _length_phrase(command: Any, language: Language, _: Names) -> str:
    return amount_in_words(max(0, command.end - command.start), language)


def _release_phrase(command: Any, language: Language, _: Names) -> str:
    amount = amount_in_words(command.release, language)
    if language == "zh":
        return f"并解除 {amount} 的质押" if command.release else "不办理部分解押"
    return f"and set {amount} of its security free" if command.release else "releasing no part"


def _signers_phrase(command: Any, language: Language, _: Names) -> str:
    count, low, high = len(command.signers), command.threshold_low, command.threshold_high
    large = amount_in_words(command.high_from, language)
    if language == "zh":
        return f"{count} 名签署人（每项业务需 {low} 名，单日累计金额达到 {large} 起需 {high} 名）"
    noun = "signer" if count == 1 else "signers"
    return f"{count} {noun} ({low} for an act, {high} from {large} a day on)"


def _cosigners_phrase(command: Any, language: Language, names: Names) -> str:
    present = [one for one in (command.cosigner, command.second_cosigner) if one]
    spoken = [rendered(one, Meaning.PARTICIPANT, language, names) for one in present]
    return (" 和 " if language == "zh" else " and ").join(spoken) or term("nobody", language)


def _consent_phrase(command: Any, language: Language, _: Names) -> str:
    recourse = CHOICES["recourse"][command.recourse].text(language)
    if not command.recourse:
        return recourse
    return recourse + (
        "并同意届时按追索价格付款" if language == "zh" else " and consent to its price"
    )


def _rules_phrase(command: Any, language: Language, names: Names) -> str:
    rows = _rows(command.rules, names, language, prefix="")
    return ("，" if language == "zh" else ", ").join(f"{name} {value}" for name, value in rows)


def _holidays_phrase(command: Any, language: Language, _: Names) -> str:
    count = command.holidays.bit_count()
    if language == "zh":
        return f"共 {count} 天"
    return f"{count} day in all" if count == 1 else f"{count} days in all"


def _signer_key(command: Any, language: Language, _: Names) -> str:
    return rendered(command.signer.key, Meaning.KEY, language)


def _signer_duty(command: Any, language: Language, _: Names) -> str:
    return rendered(command.signer.duty, Meaning.DUTIES, language)


def _desks_phrase(command: Any, language: Language, _: Names) -> str:
    count = len(command.desks)
    if language == "zh":
        return f"{count} 个合约"
    return f"{count} contract" if count == 1 else f"{count} contracts"


_PHRASES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "{parts}": _parts_phrase,
        "{invoices}": _invoices_phrase,
        "{length}": _length_phrase,
        "{release}": _release_phrase,
        "{signers}": _signers_phrase,
        "{cosigners}": _cosigners_phrase,
        "{consent}": _consent_phrase,
        "{rules}": _rules_phrase,
        "{holidays}": _holidays_phrase,
        "{key}": _signer_key,
        "{duty}": _signer_duty,
        "{desks}": _desks_phrase,
    }
)
