"""The forms of what is sent and answered: strict, closed, and without a number for money."""

from types import MappingProxyType
from typing import Annotated, Any, Final, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from ledger.model.glossary import Term
from ledger.model.references import REFERENCE_LENGTH_MAX, reference_text

__all__ = [
    "FORMS",
    "Account",
    "Amount",
    "AmountOut",
    "AsOf",
    "BusinessDate",
    "Digits",
    "Given",
    "Hash",
    "Hex",
    "Label",
    "LoanName",
    "Moment",
    "ParticipantNumber",
    "PayableName",
    "QuoteName",
    "RateText",
    "Reference",
    "RequestName",
    "Shape",
    "VoucherName",
]

# Digits are spelled out: \d would take those of other scripts as well.
AMOUNT: Final = r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$"
AMOUNT_OUT: Final = r"^-?(0|[1-9][0-9]{0,20})\.[0-9]{2}$"
RATE: Final = r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,9})?$"
DATE: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
MOMENT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
DIGITS: Final = r"^(0|[1-9][0-9]{0,77})$"
POSITION: Final = r"^(0|[1-9][0-9]{0,19})$"
HASH: Final = r"^0x[0-9a-fA-F]{64}$"
ACCOUNT: Final = r"^0x[0-9a-fA-F]{40}$"
HEX: Final = r"^0x([0-9a-fA-F]{2})*$"
PAYABLE: Final = r"^P-[1-9][0-9]{0,9}$"
VOUCHER: Final = r"^V-[1-9][0-9]{0,9}\.[1-9][0-9]{0,9}$"
LOAN: Final = r"^L-[1-9][0-9]{0,9}$"
# No control characters, no marks that turn a line's direction, nothing that is not to be seen.
LABEL: Final = (
    r"^[^\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\ufffb]*$"
)
# The same but for blanks of other widths, which are read as blanks.
REFERENCE: Final = (
    r"^[^\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffd]"
    rf"{{1,{REFERENCE_LENGTH_MAX}}}$"
)
REFERENCE_FORM: Final = Term(
    f"must be one line of 1 to {REFERENCE_LENGTH_MAX} visible characters.",
    f"应为单行文本，1 至 {REFERENCE_LENGTH_MAX} 个可见字符。",
)
"""What a reference must be like."""
OPERATION: Final = r"^op_[0-9A-HJKMNP-TV-Z]{26}$"
REQUEST: Final = r"^frq_[0-9A-HJKMNP-TV-Z]{26}$"
QUOTE: Final = r"^quo_[0-9A-HJKMNP-TV-Z]{26}$"

KEY_MOST: Final = 2_200
"""Hexadecimal digits of a signer's public key: an RSA key of 4,096 bits under its verifier."""
SIGNATURE_MOST: Final = 8_300
"""Hexadecimal digits of a signature: a passkey's whole assertion."""


class Given(BaseModel):
    """Something that was sent: every field as written, and no other."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Shape(BaseModel):
    """Something that is answered."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _like(example: str, what: str) -> Any:
    return Field(description=what, examples=[example])


def _reference(text: str) -> str:
    kept = reference_text(text)
    if not kept:
        raise PydanticCustomError("reference", "no reference", {"told": REFERENCE_FORM})
    return kept


Amount = Annotated[
    str,
    StringConstraints(pattern=AMOUNT, max_length=16),
    _like("400000.00", "Yuan with at most two decimals, as text."),
]
AmountOut = Annotated[
    str,
    StringConstraints(pattern=AMOUNT_OUT, max_length=25),
    _like("400000.00", "Yuan with two decimals, as text."),
]
RateText = Annotated[
    str,
    StringConstraints(pattern=RATE, max_length=13),
    _like("0.0385", "A plain decimal: 0.0385 is 3.85 %."),
]
BusinessDate = Annotated[
    str,
    StringConstraints(pattern=DATE, max_length=10),
    _like("2026-08-28", "A business date, UTC+8."),
]
Moment = Annotated[
    str,
    StringConstraints(pattern=MOMENT, max_length=20),
    _like("2026-03-02T01:00:00Z", "A time in UTC, whole seconds."),
]
Digits = Annotated[
    str, StringConstraints(pattern=DIGITS, max_length=78), _like("17", "A whole number, as text.")
]
Position = Annotated[
    str,
    StringConstraints(pattern=POSITION, max_length=20),
    _like("40000000", "A position in the payable, in fen, as text."),
]
Hash = Annotated[
    str,
    StringConstraints(pattern=HASH, max_length=66),
    _like("0x" + "ab" * 32, "32 bytes in hexadecimal."),
]
Account = Annotated[
    str,
    StringConstraints(pattern=ACCOUNT, max_length=42),
    _like("0x" + "ab" * 20, "20 bytes in hexadecimal."),
]
Hex = Annotated[
    str,
    StringConstraints(pattern=HEX, max_length=SIGNATURE_MOST),
    _like("0x" + "ab" * 65, "Bytes in hexadecimal."),
]
PayableName = Annotated[
    str, StringConstraints(pattern=PAYABLE, max_length=12), _like("P-1", "A payable.")
]
VoucherName = Annotated[
    str,
    StringConstraints(pattern=VOUCHER, max_length=24),
    _like("V-1.1", "A voucher: its payable's number and a serial."),
]
LoanName = Annotated[str, StringConstraints(pattern=LOAN, max_length=12), _like("L-1", "A loan.")]
OperationName = Annotated[
    str,
    StringConstraints(pattern=OPERATION, max_length=29),
    _like("op_01JDXW6K3Q8Z0V7M5T2R4N9BCD", "An operation."),
]
RequestName = Annotated[
    str,
    StringConstraints(pattern=REQUEST, max_length=30),
    _like("frq_01JDXW6K3Q8Z0V7M5T2R4N9BCD", "A request for quotes."),
]
QuoteName = Annotated[
    str,
    StringConstraints(pattern=QUOTE, max_length=30),
    _like("quo_01JDXW6K3Q8Z0V7M5T2R4N9BCD", "A quote."),
]
Reference = Annotated[
    str,
    StringConstraints(pattern=REFERENCE, max_length=REFERENCE_LENGTH_MAX),
    AfterValidator(_reference),
    _like("PO-2026-0117", "Your own number for it."),
]
Label = Annotated[
    str,
    StringConstraints(pattern=LABEL, max_length=64),
    _like("Treasury system", "A name that people read, in one line."),
]
ParticipantNumber = Annotated[
    int, Field(ge=1, le=2**32 - 1, description="A participant's number.", examples=[2])
]


FORMS: Final = MappingProxyType(
    {
        written.pattern: described.examples[0]
        for _, written, described in map(
            get_args,
            (
                *(Amount, AmountOut, RateText, BusinessDate, Moment, Digits, Position, Hash),
                *(Account, PayableName, VoucherName, LoanName, OperationName, RequestName),
                QuoteName,
            ),
        )
    }
)
"""An example of each form, by its pattern."""


class AsOf(Shape):
    """The block at which an answer is true. What happened later is not in it."""

    block: int = Field(ge=0, examples=[120])
    block_hash: Hash
    time: Moment
    business_date: BusinessDate
    chain_id: int = Field(ge=0, examples=[20261])
