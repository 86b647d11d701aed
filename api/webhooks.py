"""Webhooks: addresses at which your organisation wants to be told what has happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

from fastapi import Path, Query, Request, Response

from api.asking import Exporter, Manager, Reader, TellingManager
from api.context import context_of
from api.exports import File, Format, exported
from api.once import Doing, Making, done_once, made_once, once_route
from api.openapi import ALSO
from api.paging import CURSOR_MOST, Paging
from api.reading import Reading, as_of, reading
from api.router import router
from api.webhook_shapes import (
    DELIVERY,
    WEBHOOK,
    Delivery,
    DeliveryPage,
    DeliveryState,
    NewSecret,
    NewWebhook,
    Queued,
    RangeAsked,
    Webhook,
    WebhookAsked,
    WebhookChange,
    WebhookList,
    WholeDelivery,
    attempt_json,
    delivery_json,
    webhook_json,
)
from ledger.model.errors import RecordsKeyMissing, ResourceUnknown, WebhookUnknown
from ledger.service.intake.kept_answers import Keep, Once
from ledger.service.webhooks.endpoints import Change, Endpoint, Webhooks
from ledger.service.webhooks.secrets import new_secret
from ledger.store.webhooks import DeliveryRow, EndpointRow

__all__ = ["ROUTER"]

ROUTER = router("webhooks")

_ALSO: Final = {ALSO: [409]}

_PAGE: Final = 1_000
_WEBHOOKS: Final = File.of("webhooks", Webhook)
_DELIVERIES: Final = File.of("deliveries", Delivery)

WebhookPath = Annotated[str, Path(pattern=WEBHOOK, max_length=30)]
DeliveryPath = Annotated[str, Path(pattern=DELIVERY, max_length=60)]


class DeliveriesExported(Format):
    """Which messages, in which file."""

    state: DeliveryState | None = None


@ROUTER.get("/v1/webhooks", operation_id="listWebhooks", openapi_extra=_ALSO)
def list_webhooks(request: Request, subject: Reader) -> WebhookList:
    """The webhook endpoints of your organisation."""
    found = _webhooks(request).list(subject.participant)
    with reading(request, subject) as opened:
        return WebhookList(
            data=[Webhook(**webhook_json(one)) for one in found], as_of=as_of(opened)
        )


@ROUTER.get("/v1/exports/webhooks", operation_id="exportWebhooks", **_WEBHOOKS.told)
def export_webhooks(
    request: Request, subject: Exporter, query: Annotated[Format, Query()]
) -> Response:
    """The same, in one file."""
    found = _webhooks(request).list(subject.participant)

    def rows(_: Reading) -> Iterator[dict[str, Any]]:
        return (webhook_json(one) for one in found)

    return exported(request, subject, _WEBHOOKS, query, rows)


@ROUTER.post("/v1/webhooks", operation_id="makeWebhook", **once_route(NewWebhook, 201))
def make_webhook(
    request: Request,
    asked: WebhookAsked,
    subject: TellingManager,
) -> Response:
    """Make an endpoint. It hears of what is told from now on."""
    webhooks = _webhooks(request)

    def make(once: Once | None) -> tuple[str, EndpointRow]:
        made, secret = webhooks.create(
            subject.participant, asked.url, label=asked.label, kinds=asked.kinds, once=once
        )
        return secret, made.row

    def shown(row: EndpointRow) -> dict[str, Any]:
        return webhook_json(Endpoint(row, asked.url))

    making = Making(make, shown, new_secret, keyring=webhooks.keyring)
    return made_once(request, subject, asked.model_dump(), making)


@ROUTER.get("/v1/webhooks/{webhook}", operation_id="readWebhook", openapi_extra=_ALSO)
def read_webhook(request: Request, webhook: WebhookPath, subject: Reader) -> Webhook:
    """One endpoint."""
    with _found():
        return Webhook(**webhook_json(_webhooks(request).find(subject.participant, webhook)))


@ROUTER.patch("/v1/webhooks/{webhook}", operation_id="changeWebhook", **once_route(Webhook))
def change_webhook(
    request: Request, webhook: WebhookPath, asked: WebhookChange, subject: TellingManager
) -> Response:
    """Change an endpoint. Once enabled again it hears of what is told from then on."""
    webhooks = _webhooks(request)
    change = Change(asked.url, asked.label, asked.kinds, asked.is_enabled)

    def act(keep: Keep) -> Endpoint:
        return webhooks.change(subject.participant, webhook, change, keep)

    doing = Doing(act, webhook_json, keyring=webhooks.keyring)
    with _found():
        return done_once(request, subject, asked.model_dump(), doing)


@ROUTER.delete(
    "/v1/webhooks/{webhook}", operation_id="removeWebhook", **once_route(status=204, **_ALSO)
)
def remove_webhook(request: Request, webhook: WebhookPath, subject: Manager) -> Response:
    """Forget an endpoint with all that was delivered to it."""
    webhooks = _webhooks(request)

    def act(keep: Keep) -> None:
        webhooks.remove(subject.participant, webhook, keep)

    with _found():
        return done_once(request, subject, None, Doing(act, lambda _: {}, 204))


@ROUTER.post(
    "/v1/webhooks/{webhook}/secret",
    operation_id="renewWebhookSecret",
    **once_route(NewSecret),
)
def renew_secret(
    request: Request,
    webhook: WebhookPath,
    subject: TellingManager,
) -> Response:
    """Have another secret from now on."""
    webhooks = _webhooks(request)

    def make(once: Once | None) -> tuple[str, None]:
        return webhooks.rotate(subject.participant, webhook, once=once), None

    with _found():
        return made_once(request, subject, None, Making(make, lambda _: {}, new_secret, 200))


@ROUTER.post(
    "/v1/webhooks/{webhook}/test",
    operation_id="testWebhook",
    **once_route(Delivery, 202),
)
def send_test(
    request: Request,
    webhook: WebhookPath,
    subject: TellingManager,
) -> Response:
    """Send a message that says nothing, to see whether it arrives."""
    webhooks = _webhooks(request)

    def act(keep: Keep) -> DeliveryRow:
        return webhooks.test(subject.participant, webhook, keep)

    with _found():
        return done_once(request, subject, None, Doing(act, delivery_json, 202))


@ROUTER.post(
    "/v1/webhooks/{webhook}/replay",
    operation_id="replayWebhook",
    **once_route(Queued, 202),
)
def replay_webhook(
    request: Request,
    webhook: WebhookPath,
    asked: RangeAsked,
    subject: TellingManager,
) -> Response:
    """Deliver the events of a range of the feed again, under the ids that they had."""
    webhooks = _webhooks(request)

    def act(keep: Keep) -> int:
        return webhooks.replay(subject.participant, webhook, asked.first, asked.last, keep)

    doing = Doing(act, lambda count: {"queued": count}, 202)
    with _found():
        return done_once(request, subject, asked.model_dump(), doing)


@ROUTER.get(
    "/v1/webhooks/{webhook}/deliveries",
    operation_id="listWebhookDeliveries",
    openapi_extra=_ALSO,
)
def list_deliveries(
    request: Request,
    webhook: WebhookPath,
    subject: Reader,
    state: DeliveryState | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=CURSOR_MOST)] = None,
) -> DeliveryPage:
    """What was delivered to an endpoint, the newest first; kept for 35 days."""
    cursors = context_of(request).cursors
    bound = {"list": webhook, "reader": subject.participant, "state": state}
    webhooks, own = _webhooks(request), subject.participant
    with _found():
        rows, more = cursors.page(
            bound,
            Paging(limit=limit, cursor=cursor),
            lambda after, most: webhooks.deliveries(
                own, webhook, state=state, before=after and after[0], limit=most
            ),
            lambda row: [row.id],
        )
    with reading(request, subject) as opened:
        return DeliveryPage(
            data=[Delivery(**delivery_json(one)) for one in rows],
            has_more=more is not None,
            next_cursor=more,
            as_of=as_of(opened),
        )


@ROUTER.get(
    "/v1/exports/webhooks/{webhook}/deliveries",
    operation_id="exportWebhookDeliveries",
    **_DELIVERIES.told,
)
def export_deliveries(
    request: Request,
    webhook: WebhookPath,
    subject: Exporter,
    query: Annotated[DeliveriesExported, Query()],
) -> Response:
    """The same, in one file."""
    webhooks = _webhooks(request)

    def rows(_: Reading) -> Iterator[dict[str, Any]]:
        before = None
        while found := webhooks.deliveries(
            subject.participant, webhook, state=query.state, before=before, limit=_PAGE
        ):
            yield from map(delivery_json, found)
            before = found[-1].id

    with _found():
        return exported(request, subject, _DELIVERIES, query, rows)


@ROUTER.get(
    "/v1/webhooks/{webhook}/deliveries/{delivery}",
    operation_id="readWebhookDelivery",
    openapi_extra=_ALSO,
)
def read_delivery(
    request: Request, webhook: WebhookPath, delivery: DeliveryPath, subject: Reader
) -> WholeDelivery:
    """One message, and how each try of it went."""
    with _found():
        row, attempts = _webhooks(request).attempts(subject.participant, webhook, delivery)
    return WholeDelivery(**delivery_json(row), attempts=[attempt_json(one) for one in attempts])


# ---- private


def _webhooks(request: Request) -> Webhooks:
    found = context_of(request).service.telling
    if found is None:
        raise RecordsKeyMissing()
    return found.webhooks


@contextmanager
def _found() -> Iterator[None]:
    """What is another's looks like what is not there."""
    try:
        yield
    except WebhookUnknown:
        raise ResourceUnknown() from None
