"""Every verb at the command line: its noun and word, where the service takes it, what goes beside.

A verb is spelled as the contracts spell it. A test compares this table with the service's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ledger.model.code_words import CODES

__all__ = ["QUOTE_VERBS", "VERBS", "Verb"]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb."""

    command: str
    """The signed struct."""
    noun: str
    word: str
    path: str
    """Where the service takes the signed form."""
    beside: tuple[str, ...] = ()
    """Names of what goes along."""

    @property
    def act(self) -> str:
        """The contracts' function: the word, with its noun where the contracts say it too."""
        first, *others = self.word.split("-")
        word = first + "".join(map(str.capitalize, others))
        whole = word + self.noun.capitalize()
        return whole if whole in CODES else word


_TABLE: Final = """
IssuePayable payable issue /v1/payables/issue
PayPayable payable pay /v1/payables/pay
AttestPayment payable attest /v1/payables/attest
ReturnUnapplied payable return-unapplied /v1/payables/return-unapplied
FreezeRange payable freeze /v1/payables/freeze
UnfreezeRange payable unfreeze /v1/payables/unfreeze
IssueBatch batch record /v1/batches/record
VoidBatch batch void /v1/batches/void
TransferVoucher voucher transfer /v1/vouchers/transfer
JoinVouchers voucher join /v1/vouchers/join
SellVoucher voucher sell /v1/vouchers/sell quote cost_share
RedeemVoucher voucher redeem /v1/vouchers/redeem quote
RecourseVoucher voucher recourse /v1/vouchers/recourse
PledgeVoucher voucher pledge /v1/vouchers/pledge quote
AcceptVoucher offer accept /v1/vouchers/accept
DeclineVoucher offer decline /v1/vouchers/decline fingerprints
WithdrawOffer offer withdraw /v1/vouchers/withdraw fingerprints
RepayLoan loan repay /v1/loans/repay
ReleaseSecurity loan release /v1/loans/release
ConfirmPayout payout confirm /v1/payouts/confirm
ReturnPayout payout return /v1/payouts/return
IssueDeposit deposit issue /v1/deposits/issue
WithdrawDeposit deposit withdraw /v1/deposits/withdraw cosigned
MoveDeposit deposit move /v1/deposits/move
SetLimit limit set /v1/limits/set
SetRules rules set /v1/rules/set cosigned
SetHolidays rules set-holidays /v1/rules/set-holidays cosigned
AdmitParticipant participant admit /v1/participants/admit cosigned second_cosigned proofs
SuspendParticipant participant suspend /v1/participants/suspend
FreezeParticipant participant freeze /v1/participants/freeze
UnfreezeParticipant participant unfreeze /v1/participants/unfreeze
AddSigner participant add-signer /v1/participants/add-signer proof
RevokeSigner participant revoke-signer /v1/participants/revoke-signer
SetThreshold participant set-threshold /v1/participants/set-threshold
VoidNonce participant void-nonce /v1/participants/void-nonce
ProposeRecovery participant propose-recovery /v1/participants/propose-recovery cosigned proofs
VetoRecovery participant veto-recovery /v1/participants/veto-recovery
PauseLedger ledger pause /v1/ledger/pause
AddVersion ledger propose-version /v1/ledger/propose-version cosigned second_cosigned
"""


_QUOTES: Final = """
SaleQuote quote sale /v1/quotes/sale
PledgeQuote quote pledge /v1/quotes/pledge
RedemptionQuote quote redemption /v1/quotes/redemption
CostShareOffer quote share-cost /v1/quotes/cost-share
"""


def _read(line: str) -> Verb:
    command, noun, word, path, *beside = line.split()
    return Verb(command, noun, word, path, tuple(beside))


def _by_command(table: str) -> Mapping[str, Verb]:
    found = map(_read, table.strip().splitlines())
    return MappingProxyType({one.command: one for one in found})


VERBS: Final = _by_command(_TABLE)
"""By command."""

QUOTE_VERBS: Final = _by_command(_QUOTES)
"""What is signed beside a verb, by command."""
