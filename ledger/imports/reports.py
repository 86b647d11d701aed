"""A reading as it is kept between the preview and the signature, and as JSON for whoever looks."""

import dataclasses
import json
import zlib
from typing import Any

from ledger.imports.columns import Field
from ledger.imports.drafts import Draft, InvoiceDraft, Reading
from ledger.imports.findings import Finding

__all__ = ["packed", "unpacked"]

_OF_DRAFT = tuple(one.name for one in dataclasses.fields(Draft))
_OF_INVOICE = tuple(one.name for one in dataclasses.fields(InvoiceDraft))


def packed(reading: Reading) -> bytes:
    """A reading as bytes, small enough to be kept."""
    said = {
        "heading": reading.heading,
        "findings": [one.to_json() for one in reading.findings],
        "drafts": [_draft(one) for one in reading.drafts],
    }
    return zlib.compress(json.dumps(said, ensure_ascii=False).encode(), 1)


def unpacked(data: bytes) -> Reading:
    """A reading as `packed` wrote it."""
    said = json.loads(zlib.decompress(data))
    return Reading(
        said["heading"],
        [_draft_back(one) for one in said["drafts"]],
        [Finding.from_json(one) for one in said["findings"]],
    )


def _draft(draft: Draft) -> dict[str, Any]:
    values = {name: getattr(draft, name) for name in _OF_DRAFT}
    values["findings"] = [one.to_json() for one in draft.findings]
    values["invoices"] = [_invoice(one) for one in draft.invoices]
    return values


def _invoice(invoice: InvoiceDraft) -> dict[str, Any]:
    values = {name: getattr(invoice, name) for name in _OF_INVOICE}
    return {**values, "cells": dict(invoice.cells), "fingerprint": invoice.fingerprint.hex()}


def _draft_back(values: dict[str, Any]) -> Draft:
    return Draft(
        **{
            **values,
            "cells": _cells(values["cells"]),
            "findings": [Finding.from_json(one) for one in values["findings"]],
            "invoices": [_invoice_back(one) for one in values["invoices"]],
        }
    )


def _invoice_back(values: dict[str, Any]) -> InvoiceDraft:
    return InvoiceDraft(
        **{
            **values,
            "cells": _cells(values["cells"]),
            "fingerprint": bytes.fromhex(values["fingerprint"]),
        }
    )


def _cells(values: dict[str, list[str]]) -> dict[Field, tuple[str, str]]:
    return {Field(name): (one[0], one[1]) for name, one in values.items()}
