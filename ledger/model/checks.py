"""What a bank looks at before it quotes, in two languages: each check with the values it found."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from ledger.model.glossary import Language
from ledger.model.meanings import Meaning
from ledger.model.rendering import NO_NAMES, Names, name_text, rendered

__all__ = ["CHECKS", "Check", "Level"]


class Level(StrEnum):
    """How much a finding matters to whoever quotes. Nothing here decides: the contracts do."""

    FINE = "fine"
    LOOK = "look"
    """A person should look at it."""
    STOP = "stop"
    """As things stand, the ledger would not carry a quote out."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    code: str
    level: Level
    values: Mapping[str, Any]

    def message(self, language: Language = "en", names: Names = NO_NAMES) -> str:
        """What was found, in one sentence."""
        template = CHECKS[self.code, self.level][1 if language == "zh" else 0]
        return template.format_map(
            {name: _text(name, value, language, names) for name, value in self.values.items()}
        )


def _text(name: str, value: Any, language: Language, names: Names) -> str:
    if name == "participants":
        comma = "、" if language == "zh" else ", "
        return comma.join(name_text(one, language, names) for one in value)
    return rendered(value, _MEANINGS[name], language, names)


_MEANINGS: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "since": Meaning.DAY,
        "limit": Meaning.AMOUNT,
        "days": Meaning.DAY_COUNT,
        "tenor": Meaning.DAY_COUNT,
        "count": Meaning.COUNT,
        "state": Meaning.VOUCHER_STATE,
    }
)

CHECKS: Final[Mapping[tuple[str, Level], tuple[str, str]]] = MappingProxyType(
    {
        ("obligor_overdue", Level.FINE): (
            "The obligor owes nothing that is overdue.",
            "债务人没有逾期未付的款项。",
        ),
        ("obligor_overdue", Level.LOOK): (
            "The obligor has not fully paid what fell due on {since}.",
            "债务人尚未付清 {since} 到期的款项。",
        ),
        ("line", Level.FINE): (
            "The obligor's outstanding payables are within its lines, those of all banks together.",
            "债务人未清偿的应付账款在各银行授信额度合计之内。",
        ),
        ("line", Level.LOOK): (
            "The obligor's outstanding payables are above its lines, those of all banks together.",
            "债务人未清偿的应付账款超过各银行授信额度合计。",
        ),
        ("own_line", Level.FINE): (
            "Your own line for the obligor is {limit}.",
            "贵行对该债务人的授信额度为 {limit}。",
        ),
        ("own_line", Level.LOOK): (
            "You give the obligor no line.",
            "贵行对该债务人没有授信额度。",
        ),
        ("tenor", Level.FINE): (
            "It matures in {days}; it was issued for {tenor}.",
            "距到期 {days}，开立期限 {tenor}。",
        ),
        ("tenor", Level.LOOK): (
            "It matures in {days}; it was issued for {tenor}, more than six months.",
            "距到期 {days}，开立期限 {tenor}，超过六个月。",
        ),
        ("tenor", Level.STOP): (
            "It has matured: it is paid, and no longer moved.",
            "已到期，只能清偿，不能再流转。",
        ),
        ("invoices", Level.FINE): (
            "Invoices that back the payable and no other one: {count}.",
            "该应付账款所据发票 {count} 张，均未用于其他应付账款。",
        ),
        ("invoices", Level.LOOK): (
            "Invoices that back the payable and others as well: {count}.",
            "该应付账款所据发票中有 {count} 张同时用于其他应付账款。",
        ),
        ("evidence", Level.FINE): (
            "Invoices back the payable.",
            "该应付账款以发票为据。",
        ),
        ("evidence", Level.LOOK): (
            "No invoice backs the payable; ask for the contract and the delivery.",
            "该应付账款没有发票，请索取合同与交付单据。",
        ),
        ("hop_evidence", Level.FINE): (
            "Every transfer of the range names its trade evidence.",
            "该区间的每次转让均附贸易背景承诺值。",
        ),
        ("hop_evidence", Level.LOOK): (
            "Transfers of the range that name no trade evidence: {count}.",
            "该区间未附贸易背景承诺值的转让 {count} 次。",
        ),
        ("lien", Level.FINE): (
            "Nothing lies on the range: it is neither offered nor pledged.",
            "该区间既无待签收，也未质押。",
        ),
        ("lien", Level.STOP): (
            "The voucher is {state}; its holder cannot dispose of it now.",
            "凭证当前状态为{state}，持有人暂不能处分。",
        ),
        ("recourse", Level.FINE): (
            "No recourse of an earlier sale lies on it.",
            "没有先前转让（保理）留下的追索权。",
        ),
        ("recourse", Level.LOOK): (
            "Its holder bought it with recourse to {participants}.",
            "持有人受让时附有对{participants}的追索权。",
        ),
        ("financed_before", Level.FINE): (
            "The range was not sold to a bank or pledged before.",
            "该区间此前未向银行转让（保理）或质押。",
        ),
        ("financed_before", Level.LOOK): (
            "Sales and pledges of units of the range before: {count}.",
            "该区间此前曾向银行转让（保理）或质押，共 {count} 次。",
        ),
        ("freeze", Level.FINE): (
            "No freeze overlaps the range or names its parties.",
            "该区间及其当事方未被冻结。",
        ),
        ("freeze", Level.STOP): (
            "The regulator has frozen the range or one of its parties.",
            "监管已冻结该区间或其当事方。",
        ),
        ("suspension", Level.FINE): (
            "Neither holder nor obligor is suspended.",
            "持有人与债务人均未被暂停资格。",
        ),
        ("suspension", Level.LOOK): (
            "Suspended: {participants}.",
            "已被暂停资格：{participants}。",
        ),
        ("round_trip", Level.FINE): (
            "The range never came back to a party that had it before.",
            "该区间未曾回到先前经手的当事方。",
        ),
        ("round_trip", Level.LOOK): (
            "The range came back to parties that had it before: {participants}.",
            "该区间曾回到先前经手的当事方：{participants}。",
        ),
        ("related_parties", Level.FINE): (
            "No two of its parties declare to belong to one group.",
            "各当事方未申报同属一个集团。",
        ),
        ("related_parties", Level.LOOK): (
            "These parties declare to belong to one group: {participants}.",
            "下列当事方申报同属一个集团：{participants}。",
        ),
    }
)
"""By code and level: what is said in English and in Chinese."""
