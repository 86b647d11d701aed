"""Text of others on a terminal: characters that would command it are shown, never obeyed.

A name, a label or an answer may hold escape sequences, which clear a screen, write to a clipboard
or paint over what will be signed, or marks that turn the direction of a line.
"""

from collections.abc import Iterable
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

__all__ = ["PlainConsole", "escaped", "one_line", "printable"]

_UNKNOWN: Final = "\ufffd"
_WIDE_BLANK: Final = "\u3000"
"""The blank of Chinese text, which counts as unprintable."""


class PlainConsole(Console):
    """A console that writes no character of others which is not for people to see."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """What is to be written; what the console itself tells the terminal stays as it is."""
        for one in super().render(renderable, options):
            is_plain = one.control or one.text.isprintable()
            yield one if is_plain else Segment(printable(one.text), one.style, one.control)


def printable(text: str) -> str:
    """The text with a mark for each character that is none for people; lines stay lines."""
    return "".join(one if _is_shown(one) or one == "\n" else _UNKNOWN for one in text)


def one_line(text: str, most: int) -> str:
    """The same in one line of at most so many characters; what is left out is told."""
    shown = "".join(one if _is_shown(one) else _UNKNOWN for one in text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def escaped(json_text: str) -> str:
    """JSON that says the same with an escape for each such character."""
    if json_text.replace("\n", "").isprintable():
        return json_text
    return "".join(one if _is_shown(one) or one == "\n" else _escape(one) for one in json_text)


def _is_shown(one: str) -> bool:
    return one.isprintable() or one == _WIDE_BLANK


def _escape(one: str) -> str:
    code = ord(one)
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
