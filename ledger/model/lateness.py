"""When a payable is overdue, and when its obligor may issue nothing: by the first day after."""

from ledger.model.states import PayableState

__all__ = ["is_blocking", "is_overdue"]


def is_overdue(state: PayableState, due: int, day: int) -> bool:
    """Whether a payable is live past its due day."""
    return state is PayableState.LIVE and day > due


def is_blocking(unpaid_due: int, day: int) -> bool:
    """Whether an obligor's first unpaid due day is past; 0 stands for none that is unpaid."""
    return 0 < unpaid_due < day
