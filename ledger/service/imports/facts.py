"""What the ledger knows at the moment of a preview: parties, the line, the rules, invoices used.

The terms are asked of the contracts, the many rows of the views. Invoices are fingerprinted under
the ledger's own key.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from ledger.imports.checks import Backing, Facts, Standing
from ledger.imports.columns import Field
from ledger.imports.drafts import Draft, InvoiceDraft, Reading
from ledger.imports.findings import Finding
from ledger.model.errors import InvalidField, IssuerBlocked
from ledger.model.figures import payable_name
from ledger.model.references import reference_key
from ledger.records import identifiers
from ledger.records.invoices import Invoice
from ledger.service.imports.parties import LookUps, PartyFinder
from ledger.service.imports.states import ItemState
from ledger.service.ledger import Ledger
from ledger.service.records.directory import Directory, Reader
from ledger.service.records.keyring import LEDGER, Keyring, Purpose
from ledger.store.database import Connection, Database
from ledger.store.import_items import refused_sources
from ledger.store.imports import issues_named
from ledger.store.lists import EVERYTHING, AllOf, Is, rows_of
from ledger.store.records import ReferenceRow

__all__ = ["ImportFacts", "claimed_by", "refused_of"]

_MANY = 500
_ISSUE = "issue"
_DEADLINE_SECONDS = 7 * 86_400 - 3_600
"""A batch is issued within seven days of its signature, as the contract has it."""


class ImportFacts:
    """Gathers what previews need."""

    def __init__(
        self, database: Database, ledger: Ledger, directory: Directory, keyring: Keyring
    ) -> None:
        self._database, self._ledger = database, ledger
        self._directory, self._keyring = directory, keyring

    def finder(self, look_ups: LookUps, shown: Collection[int]) -> PartyFinder:
        """Who can be named in a sheet, by whoever knows those that were shown to it."""
        return PartyFinder(self._directory, self._standings(), look_ups, shown)

    def of(self, obligor: int, references: Callable[[Iterable[str]], Mapping[str, str]]) -> Facts:
        """The facts for an obligor's import; `references` says which of its own are taken."""
        ask, today = self._ledger.ask, self._ledger.today
        limit, outstanding, _ = ask("Exposure", "exposureOf", obligor)
        _, rules = ask("Rules", "inForce", today)
        key = self._keyring.key(LEDGER, Purpose.INVOICES)

        def fingerprint(one: InvoiceDraft) -> bytes:
            identity = Invoice(one.number, one.code, one.seller, one.day).identity
            return key.mac("invoice", identity.encode())

        return Facts(
            obligor=obligor,
            today=today,
            tenor_days_max=int(rules["tenor_days_max"]),
            room=int(limit) - int(outstanding),
            unpaid_since=self._unpaid_since(obligor),
            standings=self._standings(),
            fingerprint=fingerprint,
            invoices=lambda prints: self._invoices(obligor, prints),
            references=references,
        )

    def issued_alone(self, obligor: int, references: Iterable[str]) -> dict[str, str]:
        """Of an obligor's references those under which it issued by itself, and what has them."""
        asked = {one: reference_key(one) for one in references}
        with self._database.reading() as connection:
            named = issues_named(connection, obligor, asked.values(), verb=_ISSUE)
            found = {key: (id_, digest) for key, id_, digest in named}
            digests = [digest for _, digest in found.values() if digest is not None]
            payables: dict[bytes, int] = {}
            for low in range(0, len(digests), _MANY):
                some = Is("digest", tuple(digests[low : low + _MANY]))
                payables |= {one.digest: one.id for one in rows_of(connection, "payables", some)}
        by_key = {
            key: claimed_by(payables.get(digest or b""), id_)
            for key, (id_, digest) in found.items()
        }
        return {one: by_key[key] for one, key in asked.items() if key in by_key}

    def fill_sellers(self, reading: Reading, finder: PartyFinder, reader: Reader) -> None:
        """Give each invoice that needs its seller the one spelling of it: a code if there is one.

        Where a row names no seller, its supplier is. Their profiles are read, with one row in the
        log. That a name and a code are one seller's tells who takes part: names count as look-ups.
        """
        pairs = [(draft, one) for draft in reading.drafts for one in draft.invoices if _needs(one)]
        if not pairs:
            return
        names = [one.seller for _, one in pairs if one.seller]
        named = self._directory.by_name(set(names))
        asked = (one for one in names if not identifiers.is_uscc(one))
        untold = finder.untold({one: named.get(one, ()) for one in asked})
        for draft, one in pairs:
            if one.seller in untold:
                column, shown = one.cells.get(Field.INVOICE_SELLER, ("", one.seller))
                told = (one.line, column, Field.INVOICE_SELLER, shown)
                draft.findings.append(Finding("NotLookedUp", *told))
        pairs = [(draft, one) for draft, one in pairs if one.seller not in untold]
        sellers = {id(one): _seller(draft, one, named) for draft, one in pairs}
        profiles = self._directory.read({one for one in sellers.values() if one}, reader)
        for _, one in pairs:
            profile = profiles.get(sellers[id(one)])
            if identifiers.is_uscc(one.seller):
                one.seller = identifiers.uscc(one.seller)
            elif profile is not None:
                one.seller = profile.uscc or profile.name("zh")

    @property
    def latest_deadline(self) -> int:
        """The last second that a command may be good for, less what signing may take."""
        return self._ledger.now + _DEADLINE_SECONDS

    # ---- private

    def _standings(self) -> dict[int, Standing]:
        with self._database.reading() as connection:
            found = rows_of(connection, "participants", EVERYTHING)
            return {
                row.id: Standing(row.roles, not (row.is_suspended or row.is_frozen))
                for row in found
            }

    def _unpaid_since(self, obligor: int) -> int:
        try:
            self._ledger.ask("Exposure", "requireNotBlocked", obligor)
        except IssuerBlocked as blocked:
            return int(blocked.values["unpaid_since"])
        return 0

    def _invoices(self, obligor: int, fingerprints: Sequence[bytes]) -> dict[bytes, Backing]:
        found: dict[bytes, Backing] = {}
        with self._database.reading() as connection:
            for low in range(0, len(fingerprints), _MANY):
                some = Is("fingerprint", tuple(fingerprints[low : low + _MANY]))
                rows = list(rows_of(connection, "invoices", some))
                own = _own(connection, obligor, {one for row in rows for one, _ in row.uses})
                for row in rows:
                    is_own = bool(row.uses) and all(one in own for one, _ in row.uses)
                    found[row.fingerprint] = Backing(row.total, row.used, is_own)
        return found


def claimed_by(payable: int | None, source: str) -> str:
    """What has taken a reference, for whoever uses it again."""
    return payable_name(payable) if payable else source.partition(":")[0]


def refused_of(connection: Connection, claims: Collection[ReferenceRow]) -> set[bytes]:
    """Of claimed references those whose payable was refused: they are free for another."""
    sources = {row.source: row.reference_index for row in claims if row.payable is None}
    refused = refused_sources(connection, ItemState.REFUSED, sources)
    return {sources[one] for one in refused}


def _own(connection: Connection, obligor: int, payables: Collection[int]) -> set[int]:
    """Those of the payables that an obligor has issued."""
    asked, found = list(payables), set()
    for low in range(0, len(asked), _MANY):
        some = AllOf((Is("id", tuple(asked[low : low + _MANY])), Is("obligor", (obligor,))))
        found |= {one.id for one in rows_of(connection, "payables", some)}
    return found


def _needs(one: InvoiceDraft) -> bool:
    """Whether an invoice is told apart by its seller: without it, it is not unique."""
    try:
        Invoice(one.number, one.code).identity  # noqa: B018 -- asked for its refusal
    except InvalidField:
        return True
    return False


def _seller(draft: Draft, one: InvoiceDraft, named: Mapping[str, Sequence[int]]) -> int:
    """The participant that made the invoice out, if it is known; 0 if not."""
    if not one.seller:
        return draft.supplier
    found = named.get(one.seller, ())
    return found[0] if len(found) == 1 else 0
