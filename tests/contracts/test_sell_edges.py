"""Sales at an edge: at no cost, and of a voucher sold more often than its word can count."""

from tests.audit.cheats import cheat, slot_of, word_at
from tests.cast import DEPOSIT, Cast
from tests.contracts.situations import FACE, live, sale_terms, sell
from tests.contracts.test_sell import HALF, balances, offer_of

DEPTH_MAX = 2**16 - 1
DEPTH_FROM = 208
"""Where the depth stands in a voucher's word."""


def test_a_share_of_no_cost_is_given_and_moves_no_money(cast: Cast, acme, birch, delta) -> None:
    root = live(cast)
    terms = sale_terms(cast, root, FACE, rate=0)
    outcome = sell(birch, delta, terms, share=HALF, offer=offer_of(cast, root))
    assert outcome.value("CostShareGiven", "amount") == 0
    [moved] = [event.values for event in outcome.events if event.name == "DepositMoved"]
    assert moved["amount"] == FACE
    assert balances(cast, acme, birch, delta) == (DEPOSIT, DEPOSIT + FACE, DEPOSIT - FACE)


def set_depth(cast: Cast, voucher: int, depth: int) -> None:
    """As if the voucher had been sold so many times; takes any node of the tests."""
    slot, address = slot_of("Vouchers", "_vouchers", voucher), cast.ledger.deployment.address
    more = depth - cast.ledger.voucher(voucher)["depth"] << DEPTH_FROM
    if cast.node._tester is not None:
        cheat(cast, "Vouchers", slot, word_at(cast, "Vouchers", slot) + more)
        return
    place = [address("Vouchers"), f"0x{slot:064x}"]
    word = int(cast.node._request("eth_getStorageAt", [*place, "latest"]), 16)
    cast.node._request("anvil_setStorageAt", [*place, f"0x{word + more:064x}"])


def test_a_depth_that_would_not_fit_stays_the_largest(cast: Cast, birch, delta, echo) -> None:
    """Rules bound the depth of what is offered, not of what is sold to a bank."""
    root = live(cast)
    set_depth(cast, root, DEPTH_MAX - 1)
    for seller, buyer in ((birch, delta), (delta, echo), (echo, delta)):
        before = cast.ledger.voucher(root)
        sell(seller, buyer, sale_terms(cast, root, FACE))
        changed = {"holder": buyer.id, "depth": DEPTH_MAX}
        assert cast.ledger.voucher(root) == {**before, **changed}
