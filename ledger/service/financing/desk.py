"""The financing desk: a holder asks several parties for quotes; they quote firmly, or refuse.

A quote is a signed command of its giver that goes beside the command of whoever takes it. Whether
one may be given and taken is the contracts' to say. The desk brings the two sides together, and
shows neither what is not its own.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from ledger.chain.calls import Signed
from ledger.model.canonical import canonical
from ledger.model.errors import (
    CommandForeign,
    DeskFull,
    QuoteEnded,
    QuotesTooMany,
    RequestEnded,
    RequestHeldUp,
    ResourceUnknown,
)
from ledger.service.financing.asking import (
    Asking,
    RefusalReason,
    request_of,
    require_fit,
    require_terms,
)
from ledger.service.financing.states import (
    QuoteState,
    RequestStanding,
    RequestState,
    is_asked,
    quote_standings,
    request_standings,
)
from ledger.service.financing.trials import Deal, QuoteTrials
from ledger.service.intake.kept_answers import Answered, ClientKey, Keep, KeptAnswers, not_kept
from ledger.service.intake.posted import read_quote
from ledger.service.intake.signatures import Signatures
from ledger.service.running.crash_points import writing
from ledger.service.running.numbers import new_id
from ledger.service.running.site import Site
from ledger.store import financing as rows
from ledger.store.cursor import cursor
from ledger.store.database import Connection
from ledger.store.financing import QuoteRow, RefusalRow

__all__ = ["QUOTES_MAX", "QUOTES_ON_REQUEST_MAX", "REQUESTS_MAX", "Financing", "signed_of"]

REQUESTS_MAX: Final = 500
"""Requests of a holder that may be answered at a time."""
QUOTES_MAX: Final = 5_000
"""Quotes of a giver before their deadlines."""
QUOTES_ON_REQUEST_MAX: Final = 50
"""Quotes of a giver on one request: whoever compares them asks the contracts about each."""


class Financing:
    """The desk; safe to share between threads."""

    def __init__(
        self,
        site: Site,
        signatures: Signatures,
        *,
        now: Callable[[], int],
        wall: Callable[[], int],
    ) -> None:
        """`now` is the ledger's clock, `wall` this machine's."""
        self._database, self._signatures = site.database, signatures
        self._now, self._wall = now, wall
        self._answers = KeptAnswers(site.database, wall)
        self.trials = QuoteTrials(site.endpoint, site.deployment)

    # ---- what holders do

    def ask(
        self,
        key: ClientKey,
        asking: Asking,
        said: Callable[[Connection, RequestStanding], str],
    ) -> Answered:
        """Make a request; `said` writes the answer.

        Raises `ResourceUnknown` for a voucher that the participant does not hold, and whatever
        would keep the holder from disposing of the part now.
        """
        if known := self._answers.known(key):
            return known
        with self._database.reading() as connection:
            row = request_of(
                connection, key.participant, asking, now=self._now(), wall=self._wall()
            )
        deal = Deal("Sales", row.voucher, row.start, row.end, row.amount, row.participant)
        if refusal := self.trials.disposal(deal):
            raise refusal

        def make(connection: Connection) -> tuple[str, str]:
            if rows.count_requests(connection, row.participant, second=row.made) >= REQUESTS_MAX:
                raise DeskFull(most=REQUESTS_MAX, what="requests")
            rows.add_request(connection, row)
            return row.id, said(connection, RequestStanding(row, RequestState.OPEN, (), ()))

        return self._answers.once(key, make, point="desk")

    def withdraw(self, participant: int, id_: str, keep: Keep = not_kept) -> None:
        """Take a request back; quotes that were given on it stay firm."""
        with writing(self._database, "desk") as connection:
            self._database.lock(connection, "follow")  # what is told of it is so at one block
            row = rows.find_request(connection, id_)
            if row is None or row.participant != participant:
                raise ResourceUnknown()
            rows.withdraw_request(connection, id_, second=self._now())
            keep(connection, None)

    # ---- what those who are asked do

    def refuse(
        self, participant: int, id_: str, reason: RefusalReason, keep: Keep = not_kept
    ) -> None:
        """Say that there will be no quote, and why; saying it again changes nothing."""
        with writing(self._database, "desk") as connection:
            self._database.lock(connection, "follow")
            self._database.lock(connection, f"desk {id_}")
            standing = self._answerable(connection, participant, id_)
            if all(one.participant != participant for one in standing.refusals):
                _require_open(standing, self._second(connection))
                row = RefusalRow(id_, participant, reason.value, self._now())
                rows.add_refusal(connection, row)
            keep(connection, None)

    def give(
        self,
        key: ClientKey,
        id_: str,
        data: Any,
        said: Callable[[Connection, QuoteRow], str],
    ) -> Answered:
        """Take a signed quote on a request in; `said` writes the answer.

        What is no quote, or whose signatures do not hold, leaves no trace. Raises the refusal of
        the contracts where its giver could not give it now, `RequestHeldUp` where nobody could
        take it.
        """
        if known := self._answers.known(key):
            return known
        quote = read_quote(data)
        if quote.command.participant != key.participant:
            raise CommandForeign()
        if problem := self._signatures.check([[quote]])[0]:
            raise problem
        row = self._quote(quote, id_, data)
        with self._database.reading() as connection:
            standing = self._answerable(connection, key.participant, id_)
            is_new = rows.find_quote_by_digest(connection, row.digest) is None
            require_fit(connection, standing.row, quote.command)
            if is_new:
                second = self._second(connection)
                _require_open(standing, second)
                require_terms(connection, standing.row, quote.command, second=second)
        if is_new:
            self._require_takeable(quote, id_)

        def make(connection: Connection) -> tuple[str, str]:
            self._database.lock(connection, f"desk of {row.giver}")
            if given := rows.find_quote_by_digest(connection, row.digest):
                return given.id, said(connection, given)
            if rows.count_quotes(connection, row.giver, second=row.given) >= QUOTES_MAX:
                raise DeskFull(most=QUOTES_MAX, what="quotes")
            if rows.count_quotes_on(connection, id_, row.giver) >= QUOTES_ON_REQUEST_MAX:
                raise QuotesTooMany(request=id_, most=QUOTES_ON_REQUEST_MAX)
            rows.add_quote(connection, row)
            return row.id, said(connection, row)

        return self._answers.once(key, make, point="desk")

    # ---- taking

    def takeable(self, participant: int, id_: str) -> tuple[QuoteRow, Signed]:
        """A quote that its taker may take, as it was signed; raises why it may not."""
        with self._database.reading() as connection:
            row = rows.find_quote(connection, id_)
            if row is None or row.taker != participant:
                raise ResourceUnknown()
            [standing] = quote_standings(connection, [row], self._second(connection))
        if standing.reason is not None:
            raise standing.reason
        if standing.state is not QuoteState.OPEN:
            raise QuoteEnded(quote=id_, state=standing.state.value)
        return row, signed_of(row)

    # ---- private

    def _answerable(self, connection: Connection, participant: int, id_: str) -> RequestStanding:
        """A request on which a participant is asked, as far as it may see it."""
        row = rows.find_request(connection, id_)
        if row is None or not is_asked(row, participant):
            raise ResourceUnknown()
        second = self._second(connection)
        return request_standings(connection, [row], second, viewer=participant)[0]

    def _require_takeable(self, quote: Signed, request: str) -> None:
        """Refuse a quote that could not be taken; how its taker's claim stands is not told."""
        of_giver, of_taker = self.trials.quote(quote)
        if of_giver is not None:
            raise of_giver
        if of_taker is not None:
            raise RequestHeldUp(request=request)

    def _second(self, connection: Connection) -> int:
        """Now, but not before what the views have read."""
        return max(self._now(), cursor(connection).second)

    def _quote(self, quote: Signed, request: str, data: Any) -> QuoteRow:
        deal: Any = quote.command
        return QuoteRow(
            id=new_id("quo"),
            digest=self._signatures.digest(deal),
            kind=type(deal).__name__,
            request=request,
            giver=deal.participant,
            taker=deal.taker,
            voucher=deal.voucher,
            start=deal.start,
            end=deal.end,
            amount=deal.amount,
            nonce=deal.nonce.to_bytes(32, "big"),
            deadline=deal.deadline,
            signed=canonical(data),
            given=self._now(),
            given_wall=self._wall(),
        )


def signed_of(row: QuoteRow) -> Signed:
    """A quote as its giver signed it."""
    return read_quote(json.loads(row.signed))


def _require_open(standing: RequestStanding, second: int) -> None:
    """Refuse an answer to a request that takes none any more; why it is void is its maker's."""
    state = standing.state
    if standing.takes_answers:
        if second <= standing.row.until:
            return
        state = RequestState.EXPIRED
    raise RequestEnded(request=standing.row.id, state=state.value)
