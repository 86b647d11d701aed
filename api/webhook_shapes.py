"""Webhooks as they are asked for and answered."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from api import shapes
from api.shapes import AsOf, Given, Shape
from ledger.model.plain import moment_text
from ledger.service.webhooks.client import URL_LENGTH
from ledger.service.webhooks.endpoints import Endpoint
from ledger.store.webhook_log import AttemptRow
from ledger.store.webhooks import DeliveryRow

__all__ = [
    "DELIVERY",
    "WEBHOOK",
    "Delivery",
    "DeliveryPage",
    "DeliveryState",
    "NewSecret",
    "NewWebhook",
    "Queued",
    "RangeAsked",
    "Webhook",
    "WebhookAsked",
    "WebhookChange",
    "WebhookList",
    "WholeDelivery",
    "attempt_json",
    "delivery_json",
    "webhook_json",
]

WEBHOOK: Final = r"^whk_[0-9A-HJKMNP-TV-Z]{26}$"
DELIVERY: Final = r"^msg_[0-9A-HJKMNP-TV-Z]{26}_T?[0-9A-HJKMNP-TV-Z]{16,26}$"
_SEQ_MOST: Final = 2**53 - 1

Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=URL_LENGTH),
    Field(description="An https address.", examples=["https://erp.example.com/fenbook"]),
]
Kinds = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,40}$")]],
    Field(max_length=64, description="None for all.", examples=[["PayoutOpened"]]),
]
StateName = Literal["enabled", "disabled", "gone"]
DeliveryState = Literal["queued", "delivered", "failed", "dropped"]
Seq = Annotated[int, Field(ge=1, le=_SEQ_MOST, examples=[1])]


class WebhookAsked(Given):
    """A new endpoint."""

    url: Url
    label: shapes.Label = ""
    kinds: Kinds = Field(default=[])


class WebhookChange(Given):
    """What is to be changed; what is left out stays."""

    url: Url | None = None
    label: shapes.Label | None = None
    kinds: Kinds | None = None
    is_enabled: bool | None = None


class RangeAsked(Given):
    """Events from one number of the feed to another."""

    first: Seq
    last: Seq


class Webhook(Shape):
    """An endpoint. `gone`: its receiver said that nobody is there any more."""

    id: str = Field(examples=["whk_01JDXW6K3Q8Z0V7M5T2R4N9BCD"])
    url: str
    label: str
    kinds: list[str] = Field(description="None for all.")
    state: StateName
    failures: int = Field(ge=0, description="In a row.")
    rests_until: shapes.Moment | None
    made_at: shapes.Moment


class NewWebhook(Webhook):
    """An endpoint with its secret, which is told once."""

    secret: str = Field(examples=["whsec_" + "A" * 44])


class WebhookList(Shape):
    """The endpoints of your organisation, the newest first."""

    data: list[Webhook]
    as_of: AsOf


class NewSecret(Shape):
    """A new secret, told once; for a day messages are signed under the one before too."""

    secret: str = Field(examples=["whsec_" + "A" * 44])


class Delivery(Shape):
    """A message to an endpoint. Its id is the same at every try."""

    id: str
    seq: int | None = Field(description="Number of the feed's event; none for a test.")
    state: DeliveryState
    tries: int = Field(ge=0)
    next_try_at: shapes.Moment | None
    made_at: shapes.Moment
    ended_at: shapes.Moment | None


class Attempt(Shape):
    """One try."""

    number: int = Field(ge=1)
    begun_at: shapes.Moment
    milliseconds: int = Field(ge=0)
    status: int | None = Field(description="None where no answer came.")
    problem: str | None = Field(examples=["timeout"])


class WholeDelivery(Delivery):
    """A message and how each try went."""

    attempts: list[Attempt] = Field(description="The last 100.")


class DeliveryPage(Shape):
    """Messages, the newest first."""

    data: list[Delivery]
    has_more: bool
    next_cursor: str | None
    as_of: AsOf


class Queued(Shape):
    """How many messages are delivered again."""

    queued: int = Field(ge=0)


def webhook_json(one: Endpoint) -> dict[str, Any]:
    """An endpoint as it is shown, without its secret."""
    row = one.row
    return {
        "id": row.id,
        "url": one.url,
        "label": row.label,
        "kinds": one.kinds,
        "state": row.state,
        "failures": row.failures,
        "rests_until": moment_text(row.rests_until_wall) if row.rests_until_wall else None,
        "made_at": moment_text(row.made_wall),
    }


def delivery_json(row: DeliveryRow) -> dict[str, Any]:
    """A message as it is shown."""
    is_queued = row.ended_wall is None
    return {
        "id": row.id,
        "seq": row.seq,
        "state": row.state,
        "tries": row.tries,
        "next_try_at": moment_text(row.next_try_wall) if is_queued else None,
        "made_at": moment_text(row.made_wall),
        "ended_at": None if row.ended_wall is None else moment_text(row.ended_wall),
    }


def attempt_json(row: AttemptRow) -> Attempt:
    """A try as it is shown."""
    return Attempt(
        number=row.number,
        begun_at=moment_text(row.begun_wall),
        milliseconds=row.milliseconds,
        status=row.status,
        problem=row.problem,
    )
