"""How long a treasurer waits for the preview of a large import, and for what he then signs."""

import json
import time
from typing import Any, Final
from urllib.parse import quote

from tests.bench.figures import Figure
from tests.bench.stage import Door, staged
from tests.cast import Member
from tests.imports.sheets import csv_of, xlsx_of

__all__ = ["figures"]

ROWS: Final = 10_000
_MOST_SECONDS: Final = 3
_PATH: Final = "/v1/imports"
_HEADER: Final = [
    "业务编号",
    "供应商",
    "金额",
    "到期日",
    "清算行",
    "发票号码",
    "发票金额",
    "合同号",
]
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def figures(*, quick: bool = False) -> list[Figure]:
    """From the last byte of the request to the last one of the answer, over HTTP."""
    count, found = 300 if quick else ROWS, []
    with staged() as stage, stage.served() as (door, _):
        for place, kind in enumerate(("XLSX", "CSV in GB18030")):
            acme = stage.cast.acme
            file, type_ = _file(kind, stage.cast.birch, stage.cast.settlement_bank, count, place)
            uploaded, seconds = _asked(door, f"{_PATH}?name={quote(kind)}", acme, file, type_)
            found.append(Figure(f"{kind} of {count:,} rows taken in", f"{seconds:.2f} s"))
            path = f"{_PATH}/{uploaded['id']}"
            previewed, seconds = _asked(door, f"{path}/preview", acme, b"{}")
            assert (previewed["payables"], previewed["errors"]) == (count, 0), previewed
            aim = f"≤ {_MOST_SECONDS} s"
            found.append(Figure("its preview", f"{seconds:.2f} s", aim, seconds <= _MOST_SECONDS))
            _, seconds = _asked(door, f"{path}/typed-data", acme, b'{"choice":"all"}')
            found.append(Figure("the one command to sign", f"{seconds:.2f} s"))
    return found


def _asked(
    door: Door, path: str, member: Member, data: bytes, kind: str = "application/json"
) -> tuple[Any, float]:
    """What is answered, and how long that took."""
    begun = time.monotonic()
    answer = door.ask(path, data, kind, member)
    return json.loads(answer), time.monotonic() - begun


def _file(kind: str, supplier: Member, bank: Member, count: int, place: int) -> tuple[bytes, str]:
    """Good rows, with invoices that no other file has."""
    rows = [
        [
            f"PO-{place}-{line}",
            f"{supplier.id}",
            f"{1_000 + line % 997}.50",
            "2026/8/28",
            f"{bank.id}",
            f"{place}431200000{line:010d}",
            "100000",
            f"HT-{line}",
        ]
        for line in range(count)
    ]
    if kind == "XLSX":
        return xlsx_of([_HEADER, *rows]), _XLSX
    return csv_of([_HEADER, *rows]).encode("gb18030"), "text/csv"
