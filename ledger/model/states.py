"""The states, roles and duties that contracts and events carry as small integers."""

from enum import IntEnum, IntFlag

__all__ = ["Duty", "PayableState", "Role", "VoucherState"]


class PayableState(IntEnum):
    """Where a payable stands in its life."""

    NONE = 0
    OFFERED = 1
    LIVE = 2
    SETTLED = 3
    CANCELLED = 4


class VoucherState(IntEnum):
    """Where a voucher stands in its life."""

    NONE = 0
    OFFERED = 1
    HELD = 2
    PLEDGED = 3
    CLOSED = 4


class Role(IntFlag):
    """Institution roles, one bit each; positions such as holder are never granted."""

    ISSUER = 1
    SUPPLIER = 2
    BANK = 4
    SETTLEMENT = 8
    OPERATOR = 16
    REGULATOR = 32


class Duty(IntFlag):
    """What a signer may do for its participant, one bit each."""

    MAKER = 1
    CHECKER = 2
