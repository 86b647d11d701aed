"""Why somebody who was asked for a quote gives none, and what the supplier can do about it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ledger.model.glossary import Term

__all__ = ["NEXT_STEPS", "REASONS"]

REASONS: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "price": Term(
            "No price that would be of use can be offered now.",
            "目前无法提供有意义的价格。",
        ),
        "line": Term(
            "The line for this obligor is used up.",
            "对该债务人的授信额度已用完。",
        ),
        "tenor": Term(
            "The time to maturity does not fit.",
            "剩余期限不符合要求。",
        ),
        "obligor": Term(
            "This obligor's payables are not taken.",
            "不办理该债务人的应付账款。",
        ),
        "related_parties": Term(
            "Parties of the lineage are related, or the range has come back to one of them.",
            "流转链中存在关联方，或区间曾回到先前的当事方。",
        ),
        "documents": Term(
            "Documents of the trade are missing or do not fit.",
            "贸易背景材料缺失或不符。",
        ),
        "invoices": Term(
            "The invoices do not carry the payable, or also carry others.",
            "发票不足以支持该应付账款，或同时用于其他应付账款。",
        ),
        "amount": Term(
            "The amount does not fit.",
            "金额不符合要求。",
        ),
        "policy": Term(
            "It is not taken, by rules of this house.",
            "依本机构规定不予办理。",
        ),
    }
)
"""By reason: what is said to the supplier."""

NEXT_STEPS: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "price": Term(
            "Compare the other answers, or ask again later.", "请比较其他答复，或稍后再询价。"
        ),
        "line": Term(
            "Ask a bank with a free line, or ask the obligor to redeem early.",
            "请向尚有额度的银行询价，或请债务人提前兑付。",
        ),
        "tenor": Term(
            "Ask again nearer to maturity, or ask another bank.",
            "请临近到期时再询价，或向其他银行询价。",
        ),
        "obligor": Term(
            "Ask another bank, or ask the obligor to redeem early.",
            "请向其他银行询价，或请债务人提前兑付。",
        ),
        "related_parties": Term(
            "Explain the trade with its documents, or ask another bank.",
            "请以材料说明贸易背景，或向其他银行询价。",
        ),
        "documents": Term(
            "Ask again and name the contract and the delivery.",
            "请补充合同与交付单据后重新询价。",
        ),
        "invoices": Term(
            "Have the obligor name the right invoices, then ask again.",
            "请债务人核对发票后重新询价。",
        ),
        "amount": Term("Ask again for another part of the range.", "请就其他金额重新询价。"),
        "policy": Term("Ask another bank.", "请向其他银行询价。"),
    }
)
"""By reason: what the supplier can do."""
