"""What can be read at the command line: each noun's list, its columns and filters, its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["EVENT_FILTERS", "EXPORTS", "FLAGS", "LISTS", "PARTS", "ROWS", "Export", "List", "Part"]


@dataclass(frozen=True, slots=True)
class List:
    """A list of the service."""

    noun: str
    path: str
    columns: tuple[str, ...]
    """What a table shows of a row; JSON has everything."""
    filters: tuple[str, ...]
    has_items: bool
    """Whether one row can be shown by its id."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown of one thing beside itself."""

    noun: str
    word: str
    path: str
    """With `{id}` where it is of one thing."""
    columns: tuple[str, ...]
    help: str


@dataclass(frozen=True, slots=True)
class Export:
    """A list that can be had as a file."""

    noun: str
    word: str
    path: str
    """With `{id}` where it is of one thing."""
    filters: tuple[str, ...]


_LISTS: Final = """
payable /v1/payables
  id obligor state is_overdue maturity face paid late_interest owed
  state obligor offeree settlement-bank overdue @
voucher /v1/vouchers
  id obligor holder counterparty amount principal_left state maturity is_overdue
  state holder counterparty overdue obligor payable @
offer /v1/offers -
  voucher giver taker amount state offered_at
  state giver taker voucher payable obligor @
request /v1/financing-requests
  id holder voucher amount kinds until state
  state holder asked voucher payable obligor @
quote /v1/quotes
  id kind giver taker voucher amount rate deadline state
  kind state giver taker request voucher payable obligor @
loan /v1/loans
  id voucher borrower lender principal rate due is_open
  open borrower lender voucher payable obligor due-from due-to @
sale /v1/sales -
  voucher seller buyer amount price rate is_with_recourse sold_at
  seller buyer voucher payable obligor @
payment /v1/payments -
  payable number amount interest principal day rail
  rail payable obligor @
settlement /v1/settlements -
  voucher holder to_holder to_lender settled_at
  payable voucher holder lender obligor @
payout /v1/payouts -
  number bank payee amount voucher state
  state bank payee voucher payable obligor @
deposit /v1/deposits -
  bank owner amount
  bank owner
movement /v1/movements -
  kind bank giver taker amount payable moved_at
  kind bank giver taker payable obligor @
run /v1/settlement-runs
  id payable state received distributed left_amount difference vouchers_done vouchers_left
  payable state obligor @
proposal /v1/payment-proposals -
  payout voucher payee account_number amount reference state
  run state payee voucher payable obligor @
participant /v1/participants
  id name roles is_suspended is_frozen
  role suspended frozen
batch /v1/batches -
  digest obligor count issued left deadline state
  state payable obligor @
import /v1/imports -
  id state payables valid total issued refused made_at
  state payable external-reference
limit /v1/limits -
  bank obligor amount
  bank obligor
freeze /v1/freezes -
  payable number regulator start end is_lifted
  regulator lifted payable obligor @
rules /v1/rules -
  number effective is_in_force tenor_days_max offer_days depth_max pieces_max late_rate_daily

holiday /v1/holidays -
  holiday

api-key /v1/api-keys -
  id label scopes signer made_at ends_at revoked_at

access-log /v1/access-log -
  number read_at participant operation purpose
  participant operation
operation /v1/operations
  id verb state external_reference accepted_at block
  state verb participant digest payable external-reference
"""

_PARTS: Final = (
    Part(
        "voucher",
        "lineage",
        "/v1/vouchers/{id}/lineage",
        ("at", "kind", "giver", "taker", "start", "end", "price"),
        "Show how its units came to their holder 流转链.",
    ),
    Part(
        "participant",
        "profile",
        "/v1/participants/{id}/profile",
        (),
        "Show what is recorded of it, as far as you may know; it is logged 档案.",
    ),
    Part(
        "views",
        "lag",
        "/v1/about/indexing",
        (),
        "Show how many blocks the views are behind the chain 索引进度.",
    ),
    Part("clock", "show", "/v1/test-clock", (), "Show the ledger's clock 账本时钟."),
    Part(
        "reconciliation",
        "show",
        "/v1/reconciliation",
        (),
        "Show whether chain, rows and deposits agreed last 最近一次对账.",
    ),
    Part(
        "request",
        "checks",
        "/v1/financing-requests/{id}/checks",
        ("level", "code", "detail"),
        "Show what a bank looks at before it quotes 核查事项.",
    ),
    Part(
        "request",
        "lineage",
        "/v1/financing-requests/{id}/lineage",
        ("at", "kind", "giver", "taker", "start", "end", "evidence"),
        "Show how the units came to their holder 流转链.",
    ),
    Part(
        "request",
        "comparison",
        "/v1/financing-requests/{id}/comparison",
        (
            "quote",
            "giver",
            "kind",
            "terms.net_cash",
            "terms.cost",
            "terms.annual_percent",
            "terms.at_maturity",
            "refusal.code",
        ),
        "Compare its quotes by cost a year with holding to maturity 比较报价.",
    ),
)


_PAYABLES: Final = "maturity-from maturity-to invoice external-reference"
"""Filters of every list whose rows lie on payables, above as `@`."""

EVENT_FILTERS: Final = tuple(f"kind participant digest payable obligor {_PAYABLES}".split())
"""Of the feed, beside the number to go on from."""

ROWS: Final = List(
    noun="import",
    path="/v1/imports/{id}/rows",
    columns=("line", "reference", "supplier", "amount", "maturity", "state", "payable"),
    filters=(
        *("faulty", "state", "reference", "supplier", "settlement-bank"),
        *("maturity-from", "maturity-to", "invoice", "invoice-number", "payable"),
    ),
    has_items=False,
)
"""The rows of an import."""

FLAGS: Final = frozenset({"faulty"})
"""Filters that are asked by their name alone."""

_OTHER_EXPORTS: Final = (
    Export("event", "export", "/v1/exports/events", ("after", *EVENT_FILTERS)),
    Export("import", "export-rows", "/v1/exports/imports/{id}/rows", ROWS.filters),
    Export("report", "export-maturities", "/v1/exports/reports/maturities", ("first", "last")),
    Export(
        "report",
        "export-deposits",
        "/v1/exports/reports/deposit-statements",
        ("first", "last"),
    ),
    Export("webhook", "export", "/v1/exports/webhooks", ()),
    Export("webhook", "export-deliveries", "/v1/exports/webhooks/{id}/deliveries", ("state",)),
    Export("voucher", "export-lineage", "/v1/exports/vouchers/{id}/lineage", ()),
    Export("request", "export-checks", "/v1/exports/financing-requests/{id}/checks", ()),
    Export("request", "export-lineage", "/v1/exports/financing-requests/{id}/lineage", ()),
    Export("request", "export-comparison", "/v1/exports/financing-requests/{id}/comparison", ()),
)
"""Of lists whose commands are written out, and of parts."""


def _read(head: str, columns: str, filters: str) -> List:
    noun, path, *plain = head.split()
    filters = filters.replace("@", _PAYABLES)
    return List(noun, path, tuple(columns.split()), tuple(filters.split()), not plain)


def _all() -> dict[str, List]:
    lines = _LISTS.strip().splitlines()
    found = [_read(*lines[at : at + 3]) for at in range(0, len(lines), 3)]
    return {one.noun: one for one in found}


LISTS: Final[Mapping[str, List]] = MappingProxyType(_all())
"""By noun."""

PARTS: Final = _PARTS
"""Parts of things."""

EXPORTS: Final = (
    *(
        Export(one.noun, "export", one.path.replace("/v1/", "/v1/exports/", 1), one.filters)
        for one in LISTS.values()
    ),
    *_OTHER_EXPORTS,
)
"""Every file of a list."""
