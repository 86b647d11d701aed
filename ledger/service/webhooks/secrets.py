"""What of an endpoint is sealed: its address, and the secrets under which messages are signed."""

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from standardwebhooks import Webhook

from ledger.model.canonical import canonical
from ledger.records.vault import DataKey, Place
from ledger.service.records.keyring import Keyring, Purpose
from ledger.store.webhooks import EndpointRow

__all__ = ["Hidden", "OwnSecrets", "WebhookSecrets", "new_secret", "signed_headers"]

_SECRET_BYTES: Final = 32
OVERLAP_SECONDS: Final = 24 * 3_600
"""For how long messages are also signed under the secret before the last one."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """An endpoint's address and secrets. It shows itself to nobody."""

    url: str
    secret: str
    before: str = ""
    """The secret before it."""
    before_until_wall: int = 0

    def __repr__(self) -> str:
        return "Hidden(…)"

    def signing(self, wall: int) -> tuple[str, ...]:
        """The secrets under which a message is signed now."""
        is_both = bool(self.before) and wall < self.before_until_wall
        return (self.secret, self.before) if is_both else (self.secret,)


class WebhookSecrets:
    """Seals and opens what endpoints hide, under the keys of their participants."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring

    def of(self, participant: int) -> "OwnSecrets":
        """One participant's. It asks for a key, so not within a transaction that writes."""
        return OwnSecrets(participant, self.keyring.key(participant, Purpose.RECORDS))

    def opened(self, row: EndpointRow) -> Hidden:
        """The same for one endpoint."""
        return self.of(row.participant).opened(row)


@dataclass(frozen=True, slots=True)
class OwnSecrets:
    """Seals and opens what the endpoints of one participant hide."""

    participant: int
    key: DataKey

    def sealed(self, endpoint: str, hidden: Hidden) -> bytes:
        """What is stored."""
        plain = {
            "url": hidden.url,
            "secret": hidden.secret,
            "before": hidden.before,
            "before_until_wall": hidden.before_until_wall,
        }
        text = canonical(plain)
        return self.key.seal(text.encode(), _place(self.participant, endpoint))

    def opened(self, row: EndpointRow) -> Hidden:
        """What an endpoint hides; raises `RecordTampered`."""
        place = _place(self.participant, row.id)
        return Hidden(**json.loads(self.key.open(row.sealed, place)))


def new_secret(drawn: bytes = b"") -> str:
    """A secret as the Standard Webhooks specification writes it; by chance if none is given."""
    return "whsec_" + base64.b64encode(drawn or secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(id_: str, body: bytes, signing: Sequence[str], *, wall: int) -> dict[str, str]:
    """The headers of a message: its id, when it is sent, a signature under each secret."""
    sent = datetime.fromtimestamp(wall, UTC)
    signatures = (Webhook(one).sign(id_, sent, body.decode()) for one in signing)
    return {
        "content-type": "application/json",
        "webhook-id": id_,
        "webhook-timestamp": str(wall),
        "webhook-signature": " ".join(signatures),
    }


def _place(participant: int, endpoint: str) -> Place:
    return Place("webhook_endpoints", "sealed", endpoint, participant)
