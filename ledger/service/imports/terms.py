"""What is wished of an import: how its file is to be read, and what is to be signed of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ledger.service.imports.parties import UNBOUNDED, LookUps

__all__ = ["Choice", "Terms", "Wishes"]

Choice = Literal["all", "valid"]
"""All rows or none; or the valid ones alone."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a file is to be read; None leaves what was wished before."""

    columns: Mapping[str, str] | None = None
    """Fields to letters or headings; an empty one leaves the field out."""
    sheet: str | None = None
    bank: int | None = None
    """The settlement bank of rows that name none."""
    look_ups: LookUps = UNBOUNDED
    """Of whom that is new to it whoever asks may be told."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is to be signed."""

    choice: Choice
    deadline: int | None = None
    """Last second at which a payable of it may be issued; seven days ahead if not given."""
    nonce: int | None = None
    """The command's number; a free one, or that of the command it corrects."""
    is_tried: bool = False
    """Whether nothing of it is kept."""
    look_ups: LookUps = UNBOUNDED
    """Of whom that is new to it whoever asks may be told."""
