"""The demonstration's checks and sums, all read from the chain, and the whole story as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ledger.cli.reports import piece_to_json
from ledger.cli.stage import Act, Stage, Step, Verified
from ledger.cli.story import PAYABLE
from ledger.cli.story_words import money, names_of, tell
from ledger.model.figures import (
    RATE_ONE,
    amount_text,
    date_text,
    payable_name,
    percent_text,
    voucher_name,
)
from ledger.model.glossary import Language
from ledger.model.lateness import is_blocking
from ledger.model.sentences import fields, sentence
from ledger.model.signing import check_code
from ledger.views.lineage import pieces_of

__all__ = ["Check", "Reconciliation", "checks_of", "reconciled", "story_to_json"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the bank verifies before it lends."""

    key: str
    text: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Sums that have to agree: money in and out, deposits issued and where they are."""

    paid_in: int
    shares_out: int
    issued: int
    deposits: dict[int, tuple[int, int]]
    """Of each party, what it began with and what it has."""
    holds: int

    @property
    def deposited(self) -> int:
        """Every deposit together with what stands in holds."""
        return sum(now for _, now in self.deposits.values()) + self.holds

    @property
    def agrees(self) -> bool:
        """Whether all sums agree and nothing is left in a hold."""
        return self.paid_in == self.shares_out and self.issued == self.deposited and not self.holds


def reconciled(stage: Stage, step: Step) -> Reconciliation:
    """The sums at the end: money from the contracts, shares from the events of settlement."""
    ledger, state = stage.ledger, step.views.state
    bank, desk = stage["settlement"].id, ledger.deployment.address("Settlement")
    count = ledger.ask("Settlement", "accountOf", PAYABLE)["payments"]
    payments = [ledger.ask("Settlement", "paymentOf", PAYABLE, one) for one in range(count)]
    opened = {one.taker: one.amount for one in state.movements if one.kind == "issued"}
    return Reconciliation(
        paid_in=sum(one["principal"] + one["interest"] for one in payments),
        shares_out=sum(one.to_holder + one.to_lender for one in state.settlements),
        issued=ledger.ask("Deposits", "issuedBy", bank),
        deposits={
            party.id: (opened.get(party.id, 0), ledger.deposit(bank, party.id))
            for party in stage.parties.values()
        },
        holds=ledger.ask("Deposits", "holdOf", bank, desk, PAYABLE),
    )


# ---- what the bank verifies


def checks_of(found: Verified, language: Language) -> list[Check]:
    """The answers that the bank got, in words."""
    quote, row = found.quote, found.voucher
    is_same = (row["start"], row["end"]) == (quote.start, quote.end)
    position = tell(
        "range_is" if is_same else "range_is_not",
        language,
        voucher=voucher_name(quote.voucher),
        payable=payable_name(PAYABLE),
        range=f"{money(row['start'] + 1, language)} – {money(row['end'], language)}",
    )
    return [
        Check("range", position, is_same),
        _holder(found, language),
        _invoices(found, language),
        Check(
            "liens",
            tell("liens_none" if found.is_disposable else "liens_some", language),
            found.is_disposable,
        ),
        _obligor(found, language),
        _lineage(found, language),
        _cover(found, language),
    ]


def _holder(found: Verified, language: Language) -> Check:
    names, holder = names_of(language), found.voucher["holder"]
    text = tell(
        "holder_is",
        language,
        name=names[holder],
        obligor=names[found.payable["obligor"]],
        maturity=date_text(found.payable["maturity"]),
    )
    return Check("holder", text, holder == found.quote.taker)


def _invoices(found: Verified, language: Language) -> Check:
    total, used = (sum(column) for column in zip(*found.backing, strict=True))
    face = found.payable["face"]
    text = tell(
        "invoices_are",
        language,
        count=len(found.backing),
        used=money(used, language),
        face=money(face, language),
        left=money(total - used, language),
    )
    return Check("invoices", text, face <= used <= total)


def _obligor(found: Verified, language: Language) -> Check:
    limit, outstanding, due = found.exposure
    is_overdue = is_blocking(due, found.day)
    text = tell(
        "obligor_overdue" if is_overdue else "obligor_is",
        language,
        outstanding=money(outstanding, language),
        limit=money(limit, language),
        due=date_text(due),
    )
    return Check("obligor", text, not is_overdue)


def _lineage(found: Verified, language: Language) -> Check:
    names, hops = names_of(language), found.hops
    way = [hop.giver for hop in hops] + [hops[-1].taker]
    is_whole = all(one.taker == two.giver for one, two in pairwise(hops))
    is_whole = is_whole and way[-1] == found.quote.taker and len(hops) == found.voucher["depth"]
    return Check("lineage", " → ".join(names[one] for one in way), is_whole)


def _cover(found: Verified, language: Language) -> Check:
    quote = found.quote
    cover = quote.amount * quote.ltv // RATE_ONE
    text = tell(
        "cover_is",
        language,
        amount=money(quote.amount, language),
        ltv=percent_text(quote.ltv),
        cover=money(cover, language),
        advance=money(quote.advance, language),
    )
    return Check("cover", text, quote.advance <= cover)


# ---- JSON


def story_to_json(
    steps: Sequence[Step], sums: Reconciliation, language: Language
) -> dict[str, Any]:
    """The whole story for programs; amounts are decimal strings."""
    names = names_of(language)
    return {
        "steps": [_step(step, language) for step in steps],
        "reconciliation": {
            "paid_in": amount_text(sums.paid_in),
            "shares_out": amount_text(sums.shares_out),
            "deposits_issued": amount_text(sums.issued),
            "deposits_and_holds": amount_text(sums.deposited),
            "holds": amount_text(sums.holds),
            "difference": amount_text(
                abs(sums.paid_in - sums.shares_out) + abs(sums.issued - sums.deposited)
            ),
            "deposits": {
                names[party]: amount_text(now) for party, (_, now) in sums.deposits.items()
            },
            "agrees": sums.agrees,
        },
    }


def _step(step: Step, language: Language) -> dict[str, Any]:
    names = names_of(language)
    checks = checks_of(step.verified, language) if step.verified else []
    return {
        "step": step.number,
        "title": tell(f"step_{step.number}", language),
        "day": date_text(step.day),
        "checks": [{"check": one.key, "text": one.text, "right": one.is_right} for one in checks],
        "acts": [_act(act, language) for act in step.acts],
        "vouchers": [
            piece_to_json(piece, step.views, names) for piece in pieces_of(step.views, PAYABLE)
        ],
    }


def _act(act: Act, language: Language) -> dict[str, Any]:
    if act.command is None:
        return {"verb": "settle", "refused": None}
    names, refusal = names_of(language), act.outcome.refusal
    digest = act.outcome.digest or b""
    return {
        "verb": type(act.command).__name__,
        "signed_for": names[act.command.participant],
        "duties": [duty.name.lower() for duty in act.duties if duty.name],
        "forged": act.is_forged,
        "sentence": sentence(act.command, names, language),
        "fields": [list(row) for row in fields(act.command, names, language)],
        "digest": "0x" + digest.hex(),
        "check_code": check_code(digest),
        "refused": refusal
        and {
            "code": refusal.code,
            "message": refusal.message(language, names),
            "next_step": refusal.next_step(language, names),
        },
    }
