"""The 65,536th rules are refused: a payable has 16 bits for the number of its own."""

from typing import Any

from ledger.model.errors import BadRules
from tests.cast import Cast, SteppedNode
from tests.contracts.situations import set_rules
from tests.contracts.test_sell import field_text

MOST = 2**16 - 1
LENGTH_SLOT = 0


def pretend(node: SteppedNode, contract: str, slot: int, value: int) -> None:
    """Write into a contract's storage what only tens of thousands of acts could."""
    if node._tester is None:
        words = [f"0x{one:064x}" for one in (slot, value)]
        node._request("anvil_setStorageAt", [contract, *words])
        return
    chain: Any = node._tester.backend.chain
    state = chain.get_vm().state
    state.set_storage(bytes.fromhex(contract[2:]), slot, value)
    state.persist()
    chain.header = chain.header.copy(state_root=state.state_root)
    node._tester.mine_block()


def test_the_number_of_rules_never_wraps(cast: Cast, refused) -> None:
    desk = cast.ledger.deployment.address("Rules")
    pretend(cast.node, desk, LENGTH_SLOT, MOST - 1)
    assert cast.ledger.ask("Rules", "ruleSetCount") == MOST - 1
    set_rules(cast)
    with refused(BadRules, field=field_text("count"), value=MOST):
        set_rules(cast)
    assert cast.ledger.ask("Rules", "inForce", cast.ledger.today)[0] == MOST - 1
