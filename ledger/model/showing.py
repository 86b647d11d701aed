"""What the columns of views and the values of events stand for, by their names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ledger.model.meanings import Meaning
from ledger.model.plain import plain_value

__all__ = ["MEANINGS", "picked", "shown"]

_NAMES: Final[Mapping[Meaning, str]] = MappingProxyType(
    {
        Meaning.PARTICIPANT: (
            "participant obligor holder offeree counterparty bank giver taker seller buyer "
            "borrower lender payee owner to from subject regulator cosigner second_cosigner "
            "recovery_bank second_bank by"
        ),
        Meaning.PAYABLE: "payable payable_id",
        Meaning.VOUCHER: "voucher part whole low high joined",
        Meaning.LOAN: "loan_id",
        Meaning.AMOUNT: (
            "amount face live paid redeemed cancelled price principal interest interest_left "
            "interest_paid principal_paid advance cost_borne owed carried unapplied to_holder "
            "to_lender limit outstanding total used left freed committed high_from piece_min "
            "budget budget_left late_interest principal_left"
        ),
        Meaning.POSITION: "start end middle",
        Meaning.RATE: "rate late_rate_daily overdue_multiplier ltv share share_max rate_max",
        Meaning.DAY: (
            "maturity due day review_day last_day unapplied_day advanced_day interest_from "
            "value_day committed_day effective_day first_day"
        ),
        Meaning.SECOND: (
            "offered_at ended_at second begun frozen_at deadline effective expiry effective_at"
        ),
        Meaning.ROLES: "roles",
        Meaning.DUTIES: "duty",
        Meaning.NONCE: "nonce voided",
    }
)

MEANINGS: Final[Mapping[str, Meaning]] = MappingProxyType(
    {name: meaning for meaning, names in _NAMES.items() for name in names.split()}
)


def shown(name: str, value: Any) -> Any:
    """A value by the name of its column; text for money, names for claims, null for none."""
    meaning = MEANINGS.get(name, Meaning.TEXT)
    if meaning in (Meaning.SECOND, Meaning.DAY) and value == 0:
        return None
    return plain_value(value, meaning)


def picked(row: Any, *names: str) -> dict[str, Any]:
    """Some columns of a row as they are shown."""
    return {name: shown(name, getattr(row, name)) for name in names}
