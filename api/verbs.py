"""Every verb of the ledger at the door: where it is posted, its name, and what goes along.

A verb is spelled as the contracts spell it. Nothing here says who may do it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = ["QUOTES", "VERBS", "Beside", "Verb"]


class Beside(StrEnum):
    """What a verb takes beside its own signed command, in the contract's order."""

    SALE_QUOTE = "SaleQuote"
    REDEMPTION_QUOTE = "RedemptionQuote"
    PLEDGE_QUOTE = "PledgeQuote"
    COST_SHARE = "cost_share"
    COSIGNED = "cosigned"
    SECOND_COSIGNED = "second_cosigned"
    PROOF = "proof"
    PROOFS = "proofs"
    FINGERPRINTS = "fingerprints"


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb."""

    command: str
    """The signed struct."""
    noun: str
    word: str
    name: str
    """Its operationId; the preparation's is `prepare` and this."""
    beside: tuple[Beside, ...] = ()

    @property
    def path(self) -> str:
        """Where the signed form is posted."""
        return f"/v1/{self.noun}/{self.word}"

    @property
    def prepare_name(self) -> str:
        """The operationId of its preparation."""
        return "prepare" + self.name[0].upper() + self.name[1:]


_COSIGNED: Final = (Beside.COSIGNED,)
_FINGERPRINTS: Final = (Beside.FINGERPRINTS,)

_ALL: Final = (
    Verb("IssuePayable", "payables", "issue", "issuePayable"),
    Verb("IssueBatch", "batches", "record", "recordBatch"),
    Verb("VoidBatch", "batches", "void", "voidBatch"),
    Verb("PayPayable", "payables", "pay", "payPayable"),
    Verb("AttestPayment", "payables", "attest", "attestPayment"),
    Verb("ReturnUnapplied", "payables", "return-unapplied", "returnUnapplied"),
    Verb("TransferVoucher", "vouchers", "transfer", "transferVoucher"),
    Verb("AcceptVoucher", "vouchers", "accept", "acceptVoucher"),
    Verb("DeclineVoucher", "vouchers", "decline", "declineVoucher", _FINGERPRINTS),
    Verb("WithdrawOffer", "vouchers", "withdraw", "withdrawOffer", _FINGERPRINTS),
    Verb("JoinVouchers", "vouchers", "join", "joinVouchers"),
    Verb(
        "SellVoucher",
        "vouchers",
        "sell",
        "sellVoucher",
        (Beside.SALE_QUOTE, Beside.COST_SHARE),
    ),
    Verb("RedeemVoucher", "vouchers", "redeem", "redeemVoucher", (Beside.REDEMPTION_QUOTE,)),
    Verb("RecourseVoucher", "vouchers", "recourse", "recourseVoucher"),
    Verb("PledgeVoucher", "vouchers", "pledge", "pledgeVoucher", (Beside.PLEDGE_QUOTE,)),
    Verb("RepayLoan", "loans", "repay", "repayLoan"),
    Verb("ReleaseSecurity", "loans", "release", "releaseSecurity"),
    Verb("ConfirmPayout", "payouts", "confirm", "confirmPayout"),
    Verb("ReturnPayout", "payouts", "return", "returnPayout"),
    Verb("IssueDeposit", "deposits", "issue", "issueDeposit"),
    Verb("WithdrawDeposit", "deposits", "withdraw", "withdrawDeposit", _COSIGNED),
    Verb("MoveDeposit", "deposits", "move", "moveDeposit"),
    Verb("FreezeRange", "payables", "freeze", "freezeRange"),
    Verb("UnfreezeRange", "payables", "unfreeze", "unfreezeRange"),
    Verb("FreezeParticipant", "participants", "freeze", "freezeParticipant"),
    Verb("UnfreezeParticipant", "participants", "unfreeze", "unfreezeParticipant"),
    Verb("SetLimit", "limits", "set", "setLimit"),
    Verb("SetRules", "rules", "set", "setRules", _COSIGNED),
    Verb("SetHolidays", "rules", "set-holidays", "setHolidays", _COSIGNED),
    Verb(
        "AdmitParticipant",
        "participants",
        "admit",
        "admitParticipant",
        (Beside.COSIGNED, Beside.SECOND_COSIGNED, Beside.PROOFS),
    ),
    Verb("SuspendParticipant", "participants", "suspend", "suspendParticipant"),
    Verb("AddSigner", "participants", "add-signer", "addSigner", (Beside.PROOF,)),
    Verb("RevokeSigner", "participants", "revoke-signer", "revokeSigner"),
    Verb("SetThreshold", "participants", "set-threshold", "setThreshold"),
    Verb("VoidNonce", "participants", "void-nonce", "voidNonce"),
    Verb(
        "ProposeRecovery",
        "participants",
        "propose-recovery",
        "proposeRecovery",
        (Beside.COSIGNED, Beside.PROOFS),
    ),
    Verb("VetoRecovery", "participants", "veto-recovery", "vetoRecovery"),
    Verb("PauseLedger", "ledger", "pause", "pauseLedger"),
    Verb(
        "AddVersion",
        "ledger",
        "propose-version",
        "proposeVersion",
        (Beside.COSIGNED, Beside.SECOND_COSIGNED),
    ),
)

VERBS: Final[Mapping[str, Verb]] = MappingProxyType({one.command: one for one in _ALL})
"""By command."""

QUOTES: Final[Mapping[str, Verb]] = MappingProxyType(
    {
        "SaleQuote": Verb("SaleQuote", "quotes", "sale", "saleQuote"),
        "RedemptionQuote": Verb("RedemptionQuote", "quotes", "redemption", "redemptionQuote"),
        "PledgeQuote": Verb("PledgeQuote", "quotes", "pledge", "pledgeQuote"),
        "CostShareOffer": Verb("CostShareOffer", "quotes", "cost-share", "costShareOffer"),
    }
)
"""What is signed beside a verb: it is prepared here and given to whoever takes it."""
