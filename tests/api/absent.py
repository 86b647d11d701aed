"""Who asks at the door, and ids of what is not there."""

from typing import Final

__all__ = ["ABSENT", "ROLES"]

ROLES: Final = ("Acme", "Birch", "Cedar", "Delta Bank", "Echo Bank", "Settlement Bank", "Operator",
         "Regulator")  # fmt: skip
"""Somebody of each role; the regulator, who sees all, comes last."""

ABSENT: Final = {
    "key": "key_" + "0" * 26,
    "participant": "4000000000",
    "payable": "P-4000000000",
    "voucher": "V-4000000000.1",
    "loan": "L-4000000000",
    "operation": "op_" + "0" * 26,
    "quote": "quo_" + "0" * 26,
    "request_id": "frq_" + "0" * 26,
    "import_id": "imp_" + "0" * 26,
    "run": "R-4000000000.1",
    "webhook": "whk_" + "0" * 26,
    "delivery": "msg_" + "0" * 26 + "_" + "0" * 16,
}
"""By the name that an address has for it."""
