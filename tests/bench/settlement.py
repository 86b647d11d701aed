"""How long the running service needs to settle a payable that ten thousand vouchers divide."""

import json
import time
from dataclasses import replace
from typing import Final

from ledger.chain.calls import Item
from ledger.model.commands import AcceptVoucher, AttestPayment, Part, SetRules, TransferVoucher
from tests.bench.figures import Figure
from tests.bench.load import answered, send
from tests.bench.stage import Books, staged
from tests.cast import RULES, Cast, named
from tests.views_scenario import MATURITY, Acts

__all__ = ["figures"]

VOUCHERS: Final = 10_000
_PIECE: Final = 1_003
_AT_ONCE: Final = 100
_MOST_SECONDS: Final = 3 + 3
"""Three block intervals, and three seconds."""
_LIMIT_SECONDS: Final = 120


def figures(*, quick: bool = False) -> list[Figure]:
    """From the payment that the settlement bank posts to the finished run."""
    count = 300 if quick else VOUCHERS
    posted, seen, blocks = _settled(count)
    return [
        Figure(
            f"{count:,} vouchers, views of the payment to finished run",
            f"{seen:.2f} s",
            f"≤ {_MOST_SECONDS} s",
            seen <= _MOST_SECONDS,
        ),
        Figure("payment accepted to finished run", f"{posted:.2f} s"),
        Figure("blocks from the payment's to the last one's", f"{blocks}"),
    ]


def _settled(count: int) -> tuple[float, float, int]:
    """Seconds since the payment was accepted, and since its views stood; blocks."""

    def prepare(cast: Cast) -> None:
        _divided(cast, count)
        cast.begin(MATURITY)

    with staged(prepare) as stage, stage.served() as (door, books):
        bank = stage.cast.settlement_bank
        command = bank.make(
            AttestPayment,
            payable_id=1,
            amount=_PIECE * count,
            value_day=MATURITY,
            payment_reference=named("whole"),
        )
        # By the bank rail, so that each voucher gets a payout.
        request = door.request("/v1/payables/attest", bank, command, *bank.keys)
        answers = send(door.address, [request], connections=1)
        answered(answers, 202)
        [operation] = [str(json.loads(one.body)["id"]) for one in answers]
        accepted = answers[0].done
        block, seen = _await_payment(books, operation)
        _await_run(books)
        ended = time.monotonic()
        run = books.run()
        assert (run["vouchers_done"], run["vouchers_left"]) == (count, 0), run
        assert (run["distributed"], run["left_amount"]) == (run["received"], 0), run
        assert run["received"] == _PIECE * count, run
        return ended - accepted, ended - seen, int(run["block"]) - block


def _await_payment(books: Books, operation: str) -> tuple[int, float]:
    """The block of the payment, and when its views were committed."""
    limit = time.monotonic() + _LIMIT_SECONDS
    while not (found := books.blocks_of({operation})):
        assert time.monotonic() < limit, books.states()
        time.sleep(0.005)
    return found[operation], time.monotonic()


def _await_run(books: Books) -> None:
    limit = time.monotonic() + _LIMIT_SECONDS
    while books.run().get("state") != "done":
        assert time.monotonic() < limit, books.run()
        time.sleep(0.01)


# ---- the payable


def _divided(cast: Cast, count: int) -> None:
    """Rules that allow so many pieces; Birch passes most of a payable on, and others accept."""
    rules = replace(RULES, effective=cast.ledger.today, pieces_max=count)
    acts, takers = Acts(cast), [cast.cedar, cast.delta, cast.echo]
    acts.jointly(
        cast.operator,
        cast.operator.make(SetRules, bank=cast.delta.id, rules=rules),
        cast.delta,
    )
    root = acts.issue(_PIECE * count)
    for first in range(0, count - 1, _AT_ONCE):
        places = range(first, min(first + _AT_ONCE, count - 1))
        given = [takers[place % 3] for place in places]
        amounts = [900 + place % 7 for place in places]
        parts = tuple(
            Part(taker.id, root, amount, named("delivery"))
            for taker, amount in zip(given, amounts, strict=True)
        )
        offered = cast.birch.act(TransferVoucher, parts=parts).offered
        bounds = [cast.ledger.voucher(one) for one in offered]
        items: list[Item] = [
            taker.item(AcceptVoucher, voucher=one, start=row["start"], end=row["end"])
            for taker, one, row in zip(given, offered, bounds, strict=True)
        ]
        for outcome in cast.ledger.relay(items):
            outcome.unwrap()
