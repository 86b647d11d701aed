"""What a number in a command or refusal stands for: its width on chain and how people read it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

__all__ = [
    "Address",
    "Amount",
    "Amount56",
    "Bitmap",
    "Cause",
    "Commitment",
    "Count",
    "Count8",
    "Count32",
    "DailyRate",
    "Day",
    "DayCount",
    "Duties",
    "Expected",
    "FieldName",
    "FieldType",
    "FieldValue",
    "Index",
    "Index8",
    "Index32",
    "Input",
    "Key",
    "LoanId",
    "Meaning",
    "Multiplier",
    "Nonce",
    "Number",
    "ParticipantId",
    "PayableId",
    "PayableStateId",
    "PayoutId",
    "Position",
    "Rate",
    "Roles",
    "Second",
    "Second40",
    "Share",
    "Text",
    "VoucherId",
    "VoucherStateId",
    "Word",
]


class Meaning(StrEnum):
    """How a value is shown to people."""

    PARTICIPANT = "participant"
    PAYABLE = "payable"
    VOUCHER = "voucher"
    LOAN = "loan"
    PAYOUT = "payout"
    AMOUNT = "amount"
    POSITION = "position"
    RATE = "rate"
    DAILY_RATE = "daily_rate"
    SHARE = "share"
    MULTIPLIER = "multiplier"
    DAY = "day"
    DAY_COUNT = "day_count"
    SECOND = "second"
    COUNT = "count"
    INDEX = "index"
    NUMBER = "number"
    NONCE = "nonce"
    ROLES = "roles"
    DUTIES = "duties"
    PAYABLE_STATE = "payable_state"
    VOUCHER_STATE = "voucher_state"
    COMMITMENT = "commitment"
    ADDRESS = "address"
    KEY = "key"
    FLAG = "flag"
    DAY_SET = "day_set"
    FIELD_NAME = "field_name"
    FIELD_VALUE = "field_value"
    INPUT = "input"
    EXPECTED = "expected"
    TEXT = "text"
    WORD = "word"
    CAUSE = "cause"
    STRUCT = "struct"


@dataclass(frozen=True, slots=True)
class FieldType:
    """The EIP-712 type of a field and its meaning; the metadata of the annotations below."""

    solidity: str
    meaning: Meaning


# Annotations of one value. To a type checker each is a plain int or bytes.

ParticipantId = Annotated[int, FieldType("uint32", Meaning.PARTICIPANT)]
PayableId = Annotated[int, FieldType("uint32", Meaning.PAYABLE)]
VoucherId = Annotated[int, FieldType("uint64", Meaning.VOUCHER)]
LoanId = Annotated[int, FieldType("uint32", Meaning.LOAN)]
PayoutId = Annotated[int, FieldType("uint64", Meaning.PAYOUT)]

Amount = Annotated[int, FieldType("uint64", Meaning.AMOUNT)]
Amount56 = Annotated[int, FieldType("uint56", Meaning.AMOUNT)]
Position = Annotated[int, FieldType("uint64", Meaning.POSITION)]
Rate = Annotated[int, FieldType("uint32", Meaning.RATE)]
DailyRate = Annotated[int, FieldType("uint32", Meaning.DAILY_RATE)]
Share = Annotated[int, FieldType("uint32", Meaning.SHARE)]
Multiplier = Annotated[int, FieldType("uint40", Meaning.MULTIPLIER)]

Day = Annotated[int, FieldType("uint16", Meaning.DAY)]
DayCount = Annotated[int, FieldType("uint16", Meaning.DAY_COUNT)]
Second = Annotated[int, FieldType("uint64", Meaning.SECOND)]
Second40 = Annotated[int, FieldType("uint40", Meaning.SECOND)]
Bitmap = Annotated[int, FieldType("uint256", Meaning.DAY_SET)]

Count = Annotated[int, FieldType("uint256", Meaning.COUNT)]
Count8 = Annotated[int, FieldType("uint8", Meaning.COUNT)]
Count32 = Annotated[int, FieldType("uint32", Meaning.COUNT)]
Index = Annotated[int, FieldType("uint256", Meaning.INDEX)]
Index8 = Annotated[int, FieldType("uint8", Meaning.INDEX)]
Index32 = Annotated[int, FieldType("uint32", Meaning.INDEX)]
Number = Annotated[int, FieldType("uint256", Meaning.NUMBER)]
Nonce = Annotated[int, FieldType("uint256", Meaning.NONCE)]

Roles = Annotated[int, FieldType("uint16", Meaning.ROLES)]
Duties = Annotated[int, FieldType("uint8", Meaning.DUTIES)]
PayableStateId = Annotated[int, FieldType("uint8", Meaning.PAYABLE_STATE)]
VoucherStateId = Annotated[int, FieldType("uint8", Meaning.VOUCHER_STATE)]

Commitment = Annotated[bytes, FieldType("bytes32", Meaning.COMMITMENT)]
FieldName = Annotated[bytes, FieldType("bytes32", Meaning.FIELD_NAME)]
Address = Annotated[bytes, FieldType("address", Meaning.ADDRESS)]
Key = Annotated[bytes, FieldType("bytes", Meaning.KEY)]
FieldValue = Annotated[int, FieldType("uint256", Meaning.FIELD_VALUE)]
Input = Annotated[object, FieldType("string", Meaning.INPUT)]
Expected = Annotated[str, FieldType("string", Meaning.EXPECTED)]
Text = Annotated[str, FieldType("string", Meaning.TEXT)]
Word = Annotated[str, FieldType("string", Meaning.WORD)]
Cause = Annotated[str, FieldType("string", Meaning.CAUSE)]
