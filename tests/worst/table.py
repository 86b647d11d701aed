"""What makes each figure the worst, where inner functions are measured, and the page's table."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ledger.chain.artifacts import CONTRACTS, artifact

__all__ = ["PARTIES", "REACHED_BY", "REASONS", "entry_points", "rows_of", "told", "write"]

PAGE: Final = Path(__file__).parents[2] / "docs" / "performance.md"
_HEAD: Final = "| entry point | gas | what makes it the worst |\n| --- | ---: | --- |\n"

_CERTIFICATES: Final = "sixteen keys of certificates of 4,096 bits"
_PASSKEYS: Final = "sixteen passkeys with assertions of 4,096 bytes"
_INVOICES: Final = "64 invoices, each used by an earlier payable"
_ASIDE: Final = "a recourse beside it, an offer ended by a freeze of its offeree, sixteen freezes"

REASONS: Final[Mapping[str, str]] = {
    "Administration.admit": f"{_CERTIFICATES}, proved and stored; three parties",
    "Administration.proposeRecovery": f"{_PASSKEYS}, proved; two parties",
    "Administration.completeRecovery": f"{_CERTIFICATES}, stored",
    "Administration.addSigner": "a key of a certificate of 4,096 bits, proved and stored",
    "Administration.setThreshold": "255 signers, each looked at",
    "Administration.revokeSigner": "the first command in its word of nonces",
    "Administration.voidNonce": "two words of nonces begun",
    "Administration.vetoRecovery": "the same as every answer",
    "Administration.suspend": "the same as every act of the operator",
    "Administration.pause": "the same as every act of the operator",
    "Administration.proposeVersion": "one desk; three parties",
    "Administration.proposeVersion, each further desk": "no bound of its own",
    "Administration.completeVersion": "one desk",
    "Administration.completeVersion, each further desk": "no bound of its own",
    "Rules.setRules": "the eighth that waits for its day; two parties",
    "Rules.setHolidays": "days never named before; two parties",
    "Exposure.setLimit": "the first line for an obligor",
    "Deposits.issueDeposit": "the first that the bank issues",
    "Deposits.withdrawDeposit": "two parties",
    "Deposits.moveDeposit": "a first deposit of its receiver",
    "Issuance.issue": f"{_INVOICES}; eight rules pending; 31 holidays; the first under its rules",
    "Issuance.issueFromBatch": "the same with a proof of 14 steps, unsigned",
    "Issuance.recordBatch": "two new words",
    "Issuance.voidBatch": "the same as every answer",
    "Vouchers.transfer": f"a part of a voucher with {_ASIDE}",
    "Vouchers.transfer, each further part": "as bad a voucher of another payable; no bound",
    "Vouchers.accept": "the first root that the obligor owes, after a freeze of somebody",
    "Vouchers.join": "two vouchers whose offers a freeze of the offeree ended, sixteen freezes",
    "Offers.decline": f"a root of {_INVOICES}, after a freeze of somebody",
    "Offers.withdraw": "the same, signed by two",
    "Offers.lapse": f"a root of {_INVOICES}, under sixteen freezes; unsigned",
    "Sales.sell": "as transfer, with recourse again, all cost borne by the obligor; three parties",
    "Sales.redeem": "as transfer; two parties",
    "Sales.recourse": "250 payments and 32 redeemed ranges walked, sixteen freezes, a resale",
    "Loans.pledge": "as transfer, due before 31 holidays; two parties",
    "Loans.repay": "a part set free with its recourse, sixteen freezes, the lender's first deposit",
    "Loans.release": "a part set free with its recourse, sixteen freezes",
    "Settlement.pay": "the first and whole, late: its day is no more unpaid, the next is sought",
    "Settlement.attest": "the same by the other rail, more than is owed",
    "Settlement.applyUnapplied": "the same of money that came before maturity; unsigned",
    "Settlement.returnUnapplied": "a new reference",
    "Settlement.confirmPayout": "a new reference",
    "Settlement.returnPayout": "a new reference",
    "Settlement.settle": "a pledged voucher: 250 part payments by the bank rail, each served and "
    "paid out to the lender, and the last one; 32 redeemed ranges, sixteen freezes; unsigned",
    "Settlement.settle, each further voucher": (
        "not pledged, of the same 250 payments; a pledged one costs as much as the first, so that "
        "each goes alone; no bound"
    ),
    "Oversight.freeze": "the sixteenth, after fifteen that were lifted lately",
    "Oversight.unfreeze": "the first command in its word of nonces",
    "Oversight.freezeParticipant": "the first case of all",
    "Oversight.unfreezeParticipant": "the last case of all",
    "Relay.relay": "one command that is refused: its digest is asked for and told",
    "Relay.relay, each further command": "refused like it; no bound",
    "Relay.relay, each further desk": "no bound",
    "each further approval: account": "sixteen at most",
    "each further approval: P-256": "checked by a contract",
    "each further approval: passkey": "the same, with an assertion of 4,096 bytes",
    "each further approval: certificate": "of 4,096 bits, with an exponent of four bytes",
}
"""By the name of a figure: a contract's function, or what more of something adds to it."""

PARTIES: Final[Mapping[str, int]] = {
    "Administration.admit": 3,
    "Administration.proposeVersion": 3,
    "Sales.sell": 3,
    "Administration.proposeRecovery": 2,
    "Rules.setRules": 2,
    "Rules.setHolidays": 2,
    "Deposits.withdrawDeposit": 2,
    "Sales.redeem": 2,
    "Loans.pledge": 2,
}
"""Whose approvals an act carries besides its actor's own, where there are others."""

_ALL_SIGNED: Final = "Sales.sell"
"""Asks for authority as every signed act does."""

REACHED_BY: Final[Mapping[str, str]] = {
    "Participants.authorise": _ALL_SIGNED,
    "Participants.useStanding": "Sales.sell",
    "Participants.digestOf": "Relay.relay",
    "Participants.admit": "Administration.admit",
    "Participants.setSuspended": "Administration.suspend",
    "Participants.setPaused": "Administration.pause",
    "Participants.addSigner": "Administration.addSigner",
    "Participants.endSigner": "Administration.revokeSigner",
    "Participants.replaceSigners": "Administration.completeRecovery",
    "Participants.setThreshold": "Administration.setThreshold",
    "Participants.voidNonce": "Administration.voidNonce",
    "Participants.addVersion": "Administration.completeVersion",
    "Participants.setFrozen": "Oversight.freezeParticipant",
    "Exposure.issued": "Issuance.issue",
    "Exposure.owed": "Vouchers.accept",
    "Exposure.reduced": "Offers.decline",
    "Exposure.cleared": "Settlement.pay",
    "Invoices.use": "Issuance.issue",
    "Invoices.free": "Offers.decline",
    "Deposits.move": "Sales.sell",
    "Deposits.takeReference": "Settlement.attest",
    "Deposits.hold": "Settlement.pay",
    "Deposits.payOut": "Settlement.settle",
    "Vouchers.open": "Issuance.issue",
    "Vouchers.endOffer": "Offers.decline",
    "Vouchers.cut": "Sales.sell",
    "Vouchers.sell": "Sales.sell",
    "Vouchers.redeem": "Sales.redeem",
    "Vouchers.turnBack": "Sales.recourse",
    "Vouchers.pledge": "Loans.pledge",
    "Vouchers.freeLien": "Loans.release",
    "Vouchers.pay": "Settlement.pay",
    "Vouchers.settleUnpledged": "Settlement.settle",
    "Vouchers.settlePledged": "Settlement.settle",
    "Vouchers.setFreezes": "Oversight.freeze",
    "Loans.applyShare": "Settlement.settle",
}
"""Functions that other contracts call, measured within the entry point that reaches them."""


def entry_points() -> set[str]:
    """Every function of our contracts that may change state."""
    return {
        f"{name}.{function['name']}"
        for name in CONTRACTS
        for function in artifact(name).abi
        if function["type"] == "function" and function["stateMutability"] not in ("view", "pure")
    }


def rows_of(figures: Mapping[str, int]) -> str:
    """The table's rows as the page has them."""
    lines = (f"| {_shown(name)} | {gas:,} | {REASONS[name]} |" for name, gas in figures.items())
    return "\n".join(lines) + "\n"


def told() -> str:
    """The rows that the page has."""
    found = re.search(re.escape(_HEAD) + r"((?:\|.*\n)*)", PAGE.read_text("utf-8"))
    assert found
    return found[1]


def write(figures: Mapping[str, int]) -> None:
    """Put the figures into the page's table."""
    text = PAGE.read_text("utf-8")
    PAGE.write_text(text.replace(_HEAD + told(), _HEAD + rows_of(figures)), "utf-8")


def _shown(name: str) -> str:
    place, comma, rest = name.partition(",")
    return f"`{place}`{comma}{rest}" if "." in place else name
