"""The collector of circles rests while many objects come that hold none, and goes on afterwards."""

import gc
from contextlib import ExitStack

from ledger.service.running.collecting import uncollected


def test_collector_goes_on_when_the_last_has_left_whoever_came_first() -> None:
    """One that left while others were within let it go on; the next stopped it for good."""
    assert gc.isenabled()
    with ExitStack() as one, ExitStack() as other:
        one.enter_context(uncollected())
        other.enter_context(uncollected())
        one.close()
        assert not gc.isenabled()
        one.enter_context(uncollected())
        other.close()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collector_that_rests_already_is_left_so() -> None:
    gc.disable()
    try:
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
