"""Whether the ledger would carry a quote out now, asked of the contracts before anybody signs.

Everything is asked but the taker's own signature: the giver's signers and thresholds, the voucher,
the cut, the money. The contracts decide; a refusal comes in their own words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ledger.chain import quotes
from ledger.chain.calls import Signed
from ledger.chain.codec import decode_refusal
from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Endpoint, Question
from ledger.chain.transactions import Reverted
from ledger.model.commands import Command
from ledger.model.errors import CommandUnworkable, LedgerError, RangeChanged
from ledger.service.running.crash_points import calling

__all__ = ["Deal", "QuoteTrials"]


@dataclass(frozen=True, slots=True)
class Deal:
    """A part of one exact range that a participant would dispose of."""

    desk: str
    voucher: int
    start: int
    end: int
    amount: int
    taker: int

    @classmethod
    def of(cls, quote: Command) -> "Deal":
        """What a quote is for."""
        names = ("voucher", "start", "end", "amount", "taker")
        return cls(quote.desk, *(int(getattr(quote, name)) for name in names))


_Found = bytes | Reverted
_Reading = Callable[[Sequence[_Found]], LedgerError | None]


class QuoteTrials:
    """Asks the contracts; safe to share between threads."""

    def __init__(self, endpoint: Endpoint, deployment: Deployment) -> None:
        self._endpoint, self._deployment = endpoint, deployment

    def disposal(self, deal: Deal) -> LedgerError | None:
        """Why the taker could not dispose of the part now."""
        return self._answers([[self._disposal(deal)]])[0]

    def quote(self, quote: Signed) -> tuple[LedgerError | None, LedgerError | None]:
        """Why a quote's giver could not give it now, and why its taker could not take it.

        What the giver's deposit holds is not asked.
        """
        steps = [[self._authority(quote)], [self._disposal(Deal.of(quote.command))]]
        giver, taker = self._answers(steps)
        return giver, taker

    def deals(self, priced: Sequence[tuple[Signed, int, int]]) -> list[LedgerError | None]:
        """Why each quote could not be taken now; of each its settlement bank and its price."""
        every = [
            [
                self._authority(quote),
                self._disposal(Deal.of(quote.command)),
                self._payment(quote.command, bank, price),
            ]
            for quote, bank, price in priced
        ]
        return self._answers(every)

    # ---- steps: what is asked, and how the answers are read

    def _authority(self, quote: Signed) -> tuple[list[Question], _Reading]:
        return [quotes.authority(self._deployment, quote)], _refusal

    def _disposal(self, deal: Deal) -> tuple[list[Question], _Reading]:
        asked = [
            quotes.disposal(self._deployment, deal.desk, voucher=deal.voucher, taker=deal.taker),
            quotes.cut(self._deployment, deal.desk, voucher=deal.voucher, amount=deal.amount),
        ]

        def read(answers: Sequence[_Found]) -> LedgerError | None:
            first = answers[0]
            if isinstance(first, Reverted):
                return _refusal(answers)
            voucher, _ = quotes.disposed(first)
            if (voucher["start"], voucher["end"]) != (deal.start, deal.end):
                return RangeChanged(
                    voucher=deal.voucher, start=voucher["start"], end=voucher["end"]
                )
            return _refusal(answers)

        return asked, read

    def _payment(self, quote: Command, bank: int, price: int) -> tuple[list[Question], _Reading]:
        return [quotes.payment(self._deployment, quote, bank=bank, price=price)], _refusal

    def _answers(
        self, every: Sequence[Sequence[tuple[list[Question], _Reading]]]
    ) -> list[LedgerError | None]:
        """Ask all at once; of each list the first refusal."""
        questions = [one for steps in every for asked, _ in steps for one in asked]
        with calling("quote"):
            answers = iter(self._endpoint.calls(questions))
        found: list[LedgerError | None] = []
        for steps in every:
            said = [read([next(answers) for _ in asked]) for asked, read in steps]
            found.append(next((one for one in said if one is not None), None))
        return found


def _refusal(answers: Sequence[_Found]) -> LedgerError | None:
    """The first refusal among answers."""
    for one in answers:
        if isinstance(one, Reverted):
            return decode_refusal(one.data) or CommandUnworkable()
    return None
