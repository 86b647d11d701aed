"""Random invoice lists: known numbers spelled anew, and new ones."""

from typing import Any

from tests.oracle.author import Author
from tests.oracle.money import text

__all__ = ["mismatched", "overused", "random_invoices", "short"]

FULL_WIDTH = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}


def _spelled(author: Author, number: str) -> str:
    """The same number as somebody else would write it."""
    middle = author.rng.randint(1, len(number) - 1)
    parted = number[:middle], number[middle:]
    spellings = [
        number, number, number.lower(), "-".join(parted), " ".join(parted), "00" + number,
        number.translate(FULL_WIDTH), "0-" + "\u3000".join(parted).lower(),
    ]  # fmt: skip
    return str(author.rng.choice(spellings))


def _invoice(author: Author, number: str, total: int, use: int) -> dict[str, Any]:
    return {"number": _spelled(author, number), "total": text(total), "use": text(use)}


def _new_number(author: Author) -> str:
    return f"{author.rng.randint(10**6, 10**7)}AB{author.rng.randint(10**6, 10**7)}"


def _known(author: Author) -> str | None:
    register = author.oracle.state.invoices
    rest = [key for key, total in register.totals.items() if register.used[key] < total]
    key = author.pick(rest)
    return None if key is None else str(key)


def random_invoices(author: Author, face: int) -> list[dict[str, Any]]:
    """Invoices that cover the face: what is left of a known one first, a new one for the rest."""
    register = author.oracle.state.invoices
    invoices, uncovered = [], face
    known = _known(author)
    if known is not None and author.chance(0.5):
        total, used = register.totals[known], register.used[known]
        use = author.rng.choice([min(total - used, face), author.rng.randint(1, total - used)])
        invoices.append(_invoice(author, known, total, use))
        uncovered -= use
    while uncovered > 0 or not invoices:
        use = max(author.part(face), 1) if author.chance(0.3) else max(uncovered, 1)
        total = use + author.rng.choice([0, 1, author.rng.randint(0, 2 * face)])
        number = _new_number(author)
        halves = [use // 2, use - use // 2] if author.chance(0.2) and use > 1 else [use]
        invoices += [_invoice(author, number, total, half) for half in halves]
        uncovered -= use
        if len(invoices) > 5:
            invoices.append(_invoice(author, _new_number(author), face, face))
            break
    return invoices


def mismatched(author: Author, face: int) -> list[dict[str, Any]] | None:
    """A known invoice, or the list's own first one, with another total."""
    register = author.oracle.state.invoices
    key = author.pick(list(register.totals))
    if key is not None and author.chance(0.7):
        total = register.totals[key]
        other = author.rng.choice([total + 1, max(total - 1, 1), 2 * total])
        return None if other == total else [_invoice(author, key, other, min(face, other))]
    number = _new_number(author)
    return [_invoice(author, number, total, face) for total in (2 * face, 2 * face + 1)]


def overused(author: Author, face: int) -> list[dict[str, Any]]:
    """A known invoice, or the same new one twice, used for a fen too much."""
    register = author.oracle.state.invoices
    key = author.pick(list(register.totals))
    if key is not None and author.chance(0.7):
        total, used = register.totals[key], register.used[key]
        return [_invoice(author, key, total, total - used + 1)]
    number = _new_number(author)
    return [_invoice(author, number, face, face), _invoice(author, number, face, 1)]


def short(author: Author, face: int) -> list[dict[str, Any]] | None:
    """One new invoice used for a fen less than the face."""
    return [_invoice(author, _new_number(author), face, face - 1)] if face > 1 else None
