"""One plausible example of each command, and who signs it, for `commands.md`."""

import hashlib
from typing import Any, Final

from ledger.model.commands import COMMANDS, Command, InvoiceUse, Part, RuleSet, Signer
from ledger.model.days import parse_day
from ledger.model.glossary import Language
from ledger.model.ids import voucher_id
from ledger.model.meanings import Meaning
from ledger.model.states import Duty, Role
from ledger.model.structs import Field, fields_of

__all__ = ["NAMES", "SIGNED_BY", "sample"]

_PARTIES: Final = (
    ("Acme", "星河重工"),
    ("Birch", "远拓精铸"),
    ("Cedar", "恒晟机加工"),
    ("Delta Bank", "甲银行"),
    ("Echo Bank", "乙银行"),
    ("Clearing Bank", "清算银行"),
    ("the operator", "平台方"),
)

NAMES: Final[dict[Language, dict[int, str]]] = {
    "en": {number: english for number, (english, _) in enumerate(_PARTIES, 1)},
    "zh": {number: chinese for number, (_, chinese) in enumerate(_PARTIES, 1)},
}
"""Names of the participants in the examples."""

SIGNED_BY: Final[dict[str, tuple[str, str]]] = {
    "IssuePayable": ("the obligor", "债务人"),
    "IssueBatch": ("the obligor", "债务人"),
    "VoidBatch": ("the obligor", "债务人"),
    "TransferVoucher": ("the holder", "持有人"),
    "AcceptVoucher": ("the offeree", "待签收方"),
    "DeclineVoucher": ("the offeree", "待签收方"),
    "WithdrawOffer": ("the offeror", "发出方"),
    "JoinVouchers": ("the holder of both", "两张凭证的持有人"),
    "SaleQuote": ("the buying bank", "受让银行"),
    "SellVoucher": ("the holder, on the bank's quote", "持有人，凭银行报价"),
    "CostShareOffer": ("the obligor", "债务人"),
    "RedemptionQuote": ("the obligor", "债务人"),
    "RedeemVoucher": ("the holder, on the obligor's quote", "持有人，凭债务人报价"),
    "RecourseVoucher": ("the buyer, now the holder", "受让方（现持有人）"),
    "PledgeQuote": ("the lending bank", "贷款银行"),
    "PledgeVoucher": ("the holder, on the bank's quote", "持有人，凭银行报价"),
    "RepayLoan": ("the borrower", "借款人"),
    "ReleaseSecurity": ("the lender", "贷款人"),
    "PayPayable": ("the obligor", "债务人"),
    "AttestPayment": ("the payable's settlement bank", "该笔应付账款的清算行"),
    "ReturnUnapplied": ("the payable's settlement bank", "该笔应付账款的清算行"),
    "ConfirmPayout": ("the settlement bank that pays out", "划付的清算行"),
    "ReturnPayout": ("the settlement bank that paid out", "划付的清算行"),
    "IssueDeposit": ("a settlement bank", "清算行"),
    "WithdrawDeposit": ("the depositor, co-signed by the settlement bank", "存款人，清算行会签"),
    "MoveDeposit": ("the depositor", "存款人"),
    "FreezeRange": ("a regulator", "监管"),
    "UnfreezeRange": ("a regulator, under the same case", "监管，凭同一案号"),
    "FreezeParticipant": ("a regulator", "监管"),
    "UnfreezeParticipant": ("a regulator, under the same case", "监管，凭同一案号"),
    "SetLimit": ("a bank", "银行"),
    "SetRules": ("the operator, co-signed by a bank", "平台方，银行会签"),
    "SetHolidays": ("the operator, co-signed by a bank", "平台方，银行会签"),
    "AdmitParticipant": (
        "the operator, co-signed by a bank; for a bank, settlement bank, regulator or operator by "
        "two institutions; each new key signs as well",
        "平台方，银行会签；准入银行、清算行、监管或平台方时由两家机构会签；每把新密钥也须签署",
    ),
    "SuspendParticipant": ("the operator", "平台方"),
    "AddSigner": ("the participant itself, and the new key", "参与方自身，以及新密钥"),
    "RevokeSigner": ("the participant itself", "参与方自身"),
    "SetThreshold": ("the participant itself", "参与方自身"),
    "VoidNonce": ("the participant itself", "参与方自身"),
    "ProposeRecovery": (
        "the operator, co-signed by the recovery bank named at admission; each new key signs",
        "平台方，准入时指定的恢复见证银行会签；每把新密钥也须签署",
    ),
    "VetoRecovery": ("any key of the participant concerned", "该参与方任一签署人"),
    "PauseLedger": ("the operator", "平台方"),
    "AddVersion": ("the operator, co-signed by two banks", "平台方，两家银行会签"),
}
"""Who signs a command, in both languages."""

_ACTOR: Final = {
    "obligor": 1,
    "offeree": 3,
    "bank": 4,
    "operator": 7,
}

_VALUES: Final[dict[str, Any]] = {
    "participant": 2,
    "to": 3,
    "bank": 6,
    "taker": 2,
    "buyer": 4,
    "lender": 4,
    "obligor": 1,
    "subject": 2,
    "cosigner": 4,
    "second_cosigner": 0,
    "recovery_bank": 4,
    "second_bank": 5,
    "roles": int(Role.SUPPLIER),
    "face": 10_000_000_00,
    "total": 10_000_000_00,
    "maturity": parse_day("2026-08-28"),
    "due": parse_day("2026-08-28"),
    "value_day": parse_day("2026-08-28"),
    "review_day": parse_day("2026-06-30"),
    "first_day": 80 * 256,
    "holidays": 1 << 100,
    "count": 250,
    "voucher": voucher_id(1, 2),
    "low": voucher_id(1, 2),
    "high": voucher_id(1, 1),
    "start": 0,
    "end": 4_000_000_00,
    "amount": 1_000_000_00,
    "rate": 42_000_000,
    "recourse": True,
    "obligor_share": 500_000_000,
    "share_max": 500_000_000,
    "rate_max": 60_000_000,
    "budget": 100_000_00,
    "payable_id": 1,
    "advance": 800_000_00,
    "ltv": 800_000_000,
    "loan": 1,
    "principal": 500_000_00,
    "release": 250_000_00,
    "payout": 1,
    "freeze": 0,
    "suspended": True,
    "paused": True,
    "signer": 1,
    "voided": 17,
    "threshold_low": 1,
    "threshold_high": 2,
    "high_from": 1_000_000_00,
    "desks": tuple(bytes([number]) * 20 for number in range(1, 10)),
    "nonce": 1,
    "deadline": 1_775_006_100,
    "invoices": (InvoiceUse(bytes(31) + b"\1", 12_000_000_00, 10_000_000_00),),
    "rules": RuleSet(
        effective=parse_day("2026-07-01"),
        tenor_days_max=365,
        offer_days=10,
        depth_max=5,
        pieces_max=500,
        piece_min=1_000_00,
        late_rate_daily=500_000,
        overdue_multiplier=1_500_000_000,
        registration_required=True,
    ),
}

_SPECIAL: Final[dict[tuple[str, str], int]] = {
    ("IssuePayable", "to"): 2,
    ("SetRules", "bank"): 4,
    ("SetHolidays", "bank"): 4,
    ("AddVersion", "bank"): 4,
    ("SetThreshold", "threshold_low"): 2,
    ("SetThreshold", "threshold_high"): 3,
}


def sample(kind: type[Command]) -> Command:
    """An example of a command."""
    values = {member.name: _value(kind, member) for member in fields_of(kind)}
    made = COMMANDS[kind.__name__](**values)
    assert isinstance(made, Command)
    return made


def _value(kind: type[Command], member: Field) -> Any:
    if member.name == "participant":
        return _actor(kind.__name__)
    value = _SPECIAL.get((kind.__name__, member.name))
    if value is not None:
        return value
    if member.name == "parts":
        return (Part(3, voucher_id(1, 1), 4_000_000_00, _digest("evidence")),)
    if member.name == "signers":
        return (_signer("maker", Duty.MAKER), _signer("checker", Duty.CHECKER))
    if member.struct is Signer:
        return _signer("maker", Duty.MAKER)
    if member.meaning is Meaning.COMMITMENT:
        return _digest(member.name)
    return _VALUES[member.name]


def _actor(name: str) -> int:
    who = SIGNED_BY[name][0]
    found = (number for word, number in _ACTOR.items() if who.startswith(f"the {word}"))
    settles = "settlement bank" in who and "co-signed" not in who
    return 6 if settles else 4 if "bank" in who.split(",")[0] else next(found, 2)


def _signer(word: str, duty: Duty) -> Signer:
    return Signer(_digest(word)[:20], int(duty), 0, _digest("certificate of the " + word))


def _digest(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()
