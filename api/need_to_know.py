"""Who sees what: the one place that says it.

Each function gives the condition that a row must meet to be seen by a participant. What is not
named here is not seen; to whoever may not see it, a row looks as if it did not exist.

- A holder sees its vouchers, their obligor, and its own legs.
- An obligor sees its payables, and who is paid on them.
- A bank sees the lineage of what it is offered, asked to quote, holds or lends on; of what it is
  asked to quote, the units asked for, as they were then, and only while its answer counts.
- A settlement bank sees what it settles, and the deposits that it keeps.
- A regulator sees everything; each read is logged.
- The operator sees participants and how operations fare, not what trades are about.
"""

from dataclasses import dataclass

from ledger.model.states import Role
from ledger.service.access import Subject
from ledger.store.lists import (
    EVERYTHING,
    NOTHING,
    AnyOf,
    Condition,
    Has,
    HasBit,
    Is,
    Named,
    Of,
    PayableIn,
)
from ledger.views.claim_rows import Payable, Voucher

__all__ = ["Sight", "sight_of"]

_INSTITUTIONS = Role.BANK | Role.SETTLEMENT | Role.OPERATOR | Role.REGULATOR


@dataclass(frozen=True, slots=True)
class Sight:
    """What one participant sees."""

    own: int
    roles: Role

    @property
    def sees_all(self) -> bool:
        """Whether nothing is hidden from it."""
        return bool(self.roles & Role.REGULATOR)

    def _is(self, *columns: str) -> Condition:
        return AnyOf(tuple(Is(column, (self.own,)) for column in columns))

    # ---- claims

    @property
    def vouchers(self) -> Condition:
        """Held by it, offered to it, or pledged to it."""
        return EVERYTHING if self.sees_all else self._is("holder", "counterparty")

    @property
    def settleable(self) -> Condition:
        """Vouchers whose settlement it may ask for: its own, and those it owes or settles."""
        if self.sees_all:
            return EVERYTHING
        return AnyOf((self.vouchers, PayableIn("id", self._is("obligor", "bank"))))

    def may_settle(self, voucher: Voucher, payable: Payable) -> bool:
        """The same, of one voucher as it stands: an offer that has ended is nobody's."""
        concerned = (voucher.holder, voucher.counterparty, payable.obligor, payable.bank)
        return self.sees_all or self.own in concerned

    @property
    def payables(self) -> Condition:
        """Owed by it, offered to it, settled by it, or under one of its vouchers."""
        if self.sees_all:
            return EVERYTHING
        return AnyOf((self.issues, Has("id", self.vouchers)))

    @property
    def issues(self) -> Condition:
        """Payables of which it sees the issue: face, invoices, evidence."""
        return EVERYTHING if self.sees_all else self._is("obligor", "offeree", "bank")

    def sees_issue(self, obligor: int, offeree: int, bank: int) -> bool:
        """The same, of one payable."""
        return self.sees_all or self.own in (obligor, offeree, bank)

    def sees_whole(self, obligor: int, bank: int) -> bool:
        """Whether it sees how much of a payable is live, paid and cut, beside its own part."""
        return self.sees_all or self.own in (obligor, bank)

    @property
    def offers(self) -> Condition:
        """Made by it or to it."""
        return EVERYTHING if self.sees_all else self._is("giver", "taker")

    @property
    def hops(self) -> Condition:
        """Its own legs."""
        return EVERYTHING if self.sees_all else self._is("giver", "taker")

    def sees_lineage(self, holder: int, counterparty: int, *, is_asked: bool = False) -> bool:
        """Whether it sees every hop of a voucher: a bank that holds it, is offered it, lends on it
        or is asked for a quote on it.
        """
        if self.sees_all:
            return True
        is_concerned = is_asked or self.own in (holder, counterparty)
        return bool(self.roles & Role.BANK) and is_concerned

    @property
    def freezes(self) -> Condition:
        """On payables that it owes or settles; a holder learns of one by its voucher."""
        if self.sees_all:
            return EVERYTHING
        return Of("payable", "payables", "id", self._is("obligor", "bank"))

    @property
    def batches(self) -> Condition:
        """Signed by it."""
        return EVERYTHING if self.sees_all else self._is("obligor")

    # ---- financing

    @property
    def loans(self) -> Condition:
        """Borrowed or lent by it."""
        return EVERYTHING if self.sees_all else self._is("borrower", "lender")

    @property
    def sales(self) -> Condition:
        """Sold or bought by it."""
        return EVERYTHING if self.sees_all else self._is("seller", "buyer")

    @property
    def financing_requests(self) -> Condition:
        """Made by it, or asked of it; what others answer is told to whoever made it alone."""
        if self.sees_all:
            return EVERYTHING
        return AnyOf((self._is("participant"), Named("asked", self.own)))

    @property
    def quotes(self) -> Condition:
        """Given by it or to it."""
        return EVERYTHING if self.sees_all else self._is("giver", "taker")

    # ---- money

    @property
    def payments(self) -> Condition:
        """On payables that it owes or settles."""
        if self.sees_all:
            return EVERYTHING
        return Of("payable", "payables", "id", self._is("obligor", "bank"))

    @property
    def settlements(self) -> Condition:
        """Paid to it, or by it, or through it."""
        if self.sees_all:
            return EVERYTHING
        paid_by = PayableIn("voucher", self._is("obligor", "bank"))
        return AnyOf((self._is("holder", "lender"), paid_by))

    @property
    def payouts(self) -> Condition:
        """To it, by it, or on payables that it owes."""
        if self.sees_all:
            return EVERYTHING
        return AnyOf((self._is("payee", "bank"), PayableIn("voucher", self._is("obligor"))))

    @property
    def proposals(self) -> Condition:
        """What it has to pay out itself."""
        return EVERYTHING if self.sees_all else self._is("bank")

    def sees_accounts(self, bank: int) -> bool:
        """Whether it sees to which accounts a settlement bank pays: that bank alone."""
        return self.own == bank

    @property
    def deposits(self) -> Condition:
        """Its own, and those that it keeps."""
        return EVERYTHING if self.sees_all else self._is("owner", "bank")

    @property
    def movements(self) -> Condition:
        """Of its own deposits, and of those that it keeps."""
        if self.sees_all:
            return EVERYTHING
        # Who keeps none is not asked about as a bank, so that its own are found by their indices.
        keeps = ("bank",) if self.roles & Role.SETTLEMENT else ()
        return self._is("giver", "taker", *keeps)

    # ---- who takes part

    @property
    def participants(self) -> Condition:
        """Institutions, itself, those it deals with or is asked by, obligors of its vouchers."""
        return AnyOf((self.partners, Of("id", "payables", "obligor", self.payables)))

    @property
    def partners(self) -> Condition:
        """The same without obligors of its vouchers."""
        if self.sees_all or self.roles & Role.OPERATOR:
            return EVERYTHING
        return AnyOf(
            (
                HasBit("roles", int(_INSTITUTIONS)),
                Is("id", (self.own,)),
                Of("id", "offers", "giver", self._is("taker")),
                Of("id", "offers", "taker", self._is("giver")),
                Of("id", "financing_requests", "participant", self.financing_requests),
            )
        )

    def sees_keys(self, participant: int) -> bool:
        """Whether it sees a participant's signers and thresholds."""
        return self.sees_all or bool(self.roles & Role.OPERATOR) or self.own == participant

    def sees_contacts(self, participant: int) -> bool:
        """Whether it sees whom to reach at a participant, and to which group that belongs.

        Names and codes are told to whoever sees the participant at all.
        """
        return self.sees_keys(participant)

    def sees_bank_accounts(self, participant: int) -> bool:
        """Whether it sees all accounts of a participant; who pays it learns the one to be paid."""
        return self.sees_all or self.own == participant

    @property
    def limits(self) -> Condition:
        """Lines that it gives or has."""
        return EVERYTHING if self.sees_all else self._is("bank", "obligor")

    # ---- the service

    @property
    def operations(self) -> Condition:
        """Its own; the operator and the regulator look after all."""
        if self.roles & (Role.OPERATOR | Role.REGULATOR):
            return EVERYTHING
        return self._is("participant")

    @property
    def api_keys(self) -> Condition:
        """Its own: nobody looks after others'."""
        return self._is("participant")

    @property
    def own_operations(self) -> Condition:
        """Those whose references and digests it may search by."""
        return EVERYTHING if self.sees_all else self._is("participant")

    def sees_contents(self, participant: int) -> bool:
        """Whether it sees what a participant's operations are about, beside how they fare.

        What a participant has committed on a day adds up what they are about.
        """
        return self.sees_all or self.own == participant

    @property
    def sees_books(self) -> bool:
        """Whether it learns that chain, views and deposits agree, and may have them compared."""
        return bool(self.roles & (Role.OPERATOR | Role.REGULATOR))

    @property
    def events(self) -> Condition:
        """Those that concern it."""
        return EVERYTHING if self.sees_all else Named("participants", self.own)

    @property
    def told_as(self) -> int | None:
        """As whom it is told events; None where it is told all of them."""
        return None if self.sees_all else self.own

    @property
    def access_log(self) -> Condition:
        """What regulators have read is for regulators."""
        return EVERYTHING if self.sees_all else NOTHING


def sight_of(subject: Subject) -> Sight:
    """What whoever asks may see."""
    return Sight(subject.participant, subject.roles)
