"""How a step is refused, and how a book that is no book is rejected."""

__all__ = ["BookError", "Refused", "refuse_if"]


class Refused(Exception):
    """The rules refuse the step; nothing has changed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BookError(ValueError):
    """The book breaks its own format, so there is no outcome to speak of."""


def refuse_if(condition: bool, code: str) -> None:
    """Refuse the step with `code` when the condition holds."""
    if condition:
        raise Refused(code)
