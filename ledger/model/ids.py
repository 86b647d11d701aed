"""Numbers of payables, vouchers and loans, and the names that people read."""

import re
from typing import Final

from ledger.model.errors.input import InvalidField
from ledger.model.figures import loan_name, payable_name, voucher_name

__all__ = [
    "ROOT_SERIAL",
    "SERIAL_MAX",
    "loan_name",
    "parse_loan",
    "parse_payable",
    "parse_voucher",
    "payable_name",
    "payable_of",
    "root_voucher",
    "serial_of",
    "voucher_id",
    "voucher_name",
    "vouchers_of",
]

ROOT_SERIAL: Final = 1
"""Serial number of the root voucher of every payable."""

_BITS: Final = 32

SERIAL_MAX: Final = (1 << _BITS) - 1
"""No voucher has a higher serial number."""
_NUMBER: Final = r"([1-9][0-9]{0,9})"
_VOUCHER: Final = re.compile(rf"V-{_NUMBER}\.{_NUMBER}")
_PAYABLE: Final = re.compile(rf"P-{_NUMBER}")
_LOAN: Final = re.compile(rf"L-{_NUMBER}")


def voucher_id(payable: int, serial: int) -> int:
    """The voucher of a payable with this serial number."""
    _check(payable, field="payable")
    _check(serial, field="serial")
    return payable << _BITS | serial


def root_voucher(payable: int) -> int:
    """The voucher that is offered with a payable."""
    return voucher_id(payable, ROOT_SERIAL)


def payable_of(voucher: int) -> int:
    """The payable of a voucher."""
    return voucher >> _BITS


def serial_of(voucher: int) -> int:
    """The serial number of a voucher within its payable."""
    return voucher & ((1 << _BITS) - 1)


def vouchers_of(payable: int) -> tuple[int, int]:
    """The least and the greatest id that a voucher of a payable may have."""
    return voucher_id(payable, 0), voucher_id(payable, SERIAL_MAX)


def parse_voucher(text: object, *, field: str = "voucher") -> int:
    """The voucher of a name such as `V-12.3`."""
    payable, serial = _numbers(_VOUCHER, text, field=field, expected="voucher_name")
    return voucher_id(payable, serial)


def parse_payable(text: object, *, field: str = "payable") -> int:
    """The payable of a name such as `P-12`."""
    return _numbers(_PAYABLE, text, field=field, expected="payable_name")[0]


def parse_loan(text: object, *, field: str = "loan") -> int:
    """The loan of a name such as `L-7`."""
    return _numbers(_LOAN, text, field=field, expected="loan_name")[0]


def _numbers(form: re.Pattern[str], text: object, *, field: str, expected: str) -> tuple[int, ...]:
    match = form.fullmatch(text) if isinstance(text, str) else None
    numbers = tuple(int(one) for one in match.groups()) if match else ()
    if not numbers or max(numbers) >> _BITS:
        raise InvalidField(field=field, value=text, expected=expected)
    return numbers


def _check(value: object, *, field: str) -> None:
    if type(value) is not int or not 0 <= value < 1 << _BITS:
        raise InvalidField(field=field, value=value, expected="uint32")
