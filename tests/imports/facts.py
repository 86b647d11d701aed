"""A directory and a ledger for sheets to be read against: the cast, by name, code and number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ledger.imports.checks import Backing, Facts, Standing, judge
from ledger.imports.columns import recognise
from ledger.imports.drafts import Draft, InvoiceDraft, Reading, read_drafts
from ledger.imports.findings import Finding
from ledger.imports.sheets import read_sheet
from ledger.model.days import parse_day
from ledger.model.states import Role
from ledger.records import identifiers
from ledger.records.invoices import Invoice

__all__ = ["TODAY", "Book", "code_of", "findings_of", "read"]

TODAY = parse_day("2026-12-01")
KEY = b"invoices"
CODES = {"91110000600037341L": 2}
NAMES = {
    "江城零部件有限公司": [2],
    "birch parts": [2],
    "twins": [2, 3],
    "某某银行": [6],
    "acme": [1],
}
ROLES = {
    1: Role.ISSUER,
    2: Role.SUPPLIER,
    3: Role.SUPPLIER,
    4: Role.BANK,
    5: Role.SUPPLIER,
    6: Role.SETTLEMENT,
}


@dataclass(slots=True)
class Book:
    """What is known of parties, invoices and references."""

    used: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    is_own: bool = True
    """Whether nobody else uses those invoices."""
    taken: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    """Texts of which nothing may be told yet."""

    def by_uscc(self, codes: Iterable[str]) -> Mapping[str, int]:
        found = {code: identifiers.uscc(code) for code in codes if identifiers.is_uscc(code)}
        return {code: CODES[plain] for code, plain in found.items() if plain in CODES}

    def by_name(self, names: Iterable[str]) -> Mapping[str, Sequence[int]]:
        keys = {identifiers.name_key(name): found for name, found in NAMES.items()}
        asked = {name: keys.get(identifiers.name_key(name)) for name in names}
        return {name: found for name, found in asked.items() if found}

    def is_uscc(self, code: str) -> bool:
        return identifiers.is_uscc(code)

    def is_known(self, participant: int) -> bool:
        return participant in ROLES

    def untold(self, asked: Mapping[str, Sequence[int]]) -> set[str]:
        return self.hidden & asked.keys()

    def facts(self, **changes: object) -> Facts:
        standings = {one: Standing(roles, one != 5) for one, roles in ROLES.items()}
        facts = Facts(
            1,
            TODAY,
            365,
            10**12,
            0,
            standings,
            fingerprint,
            lambda prints: {
                one: Backing(*self.used[one], self.is_own) for one in prints if one in self.used
            },
            lambda asked: {one: self.taken[one] for one in asked if one in self.taken},
        )
        return replace(facts, **changes)


def fingerprint(draft: InvoiceDraft) -> bytes:
    """The invoice's fingerprint under the tests' key."""
    return Invoice(draft.number, draft.code, draft.seller, draft.day).fingerprint(KEY)


def read(data: bytes, book: Book | None = None, *, bank: int = 0, **changes: object) -> Reading:
    """A file as it would be previewed."""
    book = book or Book()
    sheet = read_sheet(data)
    reading = read_drafts(sheet, recognise(sheet.rows, {}, {}), book, bank=bank)
    judge(reading, book.facts(**changes))
    return reading


def findings_of(reading: Reading) -> list[Finding]:
    """All findings, of the file and of its rows."""
    return [*reading.findings, *(one for draft in reading.drafts for one in draft.findings)]


def code_of(draft: Draft) -> list[str]:
    """The codes of a draft's findings."""
    return [one.code for one in draft.findings]
