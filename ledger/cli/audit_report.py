"""An audit's report for people and as JSON."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ledger.audit.findings import Finding, Kind, Report
from ledger.chain.history import Block
from ledger.cli.audit_words import KINDS, MEANINGS, tell
from ledger.cli.outcomes import table_of
from ledger.cli.screen import Screen
from ledger.model.figures import amount_text, time_text
from ledger.model.meanings import Meaning
from ledger.model.rendering import rendered
from ledger.model.signing import check_code

__all__ = ["drawn", "report_to_json"]

_SHOWN_MAX: Final = 50
_SAFE_BITS: Final = 48
_HEAD_SECONDS_MAX: Final = 10 * 60
"""A newest block that is older may not be the newest one."""

_UNITS: Final = {"days": 86_400, "hours": 3_600, "minutes": 60}
_RENDERED_MAX: Final = {Meaning.DAY: 2**16, Meaning.SECOND: 2**32}


def report_to_json(report: Report, screen: Screen, *, now: int) -> dict[str, Any]:
    """The whole report; amounts are decimal strings, as everywhere."""
    return {
        "explained": report.is_explained,
        "chain_id": report.chain_id,
        "participants": report.registry,
        "blocks": {"first": report.first_block, "last": report.last_block},
        "holds_up_to": _block_to_json(report.last),
        "head": {**_block_to_json(report.head), "is_old": _is_old(report, now)},
        "contracts": report.contracts,
        "founders": report.founders,
        "transactions": report.transactions,
        "events": {
            "explained": report.explained_events,
            "unexplained": report.unexplained_events,
        },
        "commands": dict(sorted(report.commands.items())),
        "open_acts": dict(sorted(report.open_acts.items())),
        "refused": report.refused,
        "foreign": report.foreign,
        "compared": report.compared,
        "findings": [_finding_to_json(one, screen) for one in report.findings],
    }


def drawn(report: Report, screen: Screen, *, now: int) -> RenderableType:
    """Totals, the verdict and the findings, and up to when they hold."""
    title = tell(
        "title",
        screen.language,
        registry=report.registry,
        chain=report.chain_id,
        first=report.first_block,
        last=report.last_block,
    )
    parts: list[RenderableType] = [Text(title, style="bold"), _totals(report, screen), Text()]
    parts += _holding(report, screen, now)
    if not report.compared:
        told = tell("not_compared", screen.language, last=report.last_block)
        parts.append(Text("! ", style="bold yellow") + Text(told))
    if report.is_explained:
        told = tell("explained", screen.language)
        return Group(*parts, Text("✓ ", style="bold green") + Text(told))
    told = tell("unexplained", screen.language, count=len(report.findings))
    parts += [Text("✗ ", style="bold red") + Text(told), _findings(report, screen)]
    if more := len(report.findings) - _SHOWN_MAX:
        parts += [Text(tell("more", screen.language, count=more))] if more > 0 else []
    return Group(*parts)


def _holding(report: Report, screen: Screen, now: int) -> Iterator[Text]:
    """Up to which block it holds, and whether there should be newer ones."""
    last, head = report.last, report.head
    values = {"last": last.number, "time": time_text(last.second), "hash": "0x" + last.hash.hex()}
    yield Text(tell("holds", screen.language, **values))
    if _is_old(report, now):
        behind = _duration(now - head.second, screen)
        values = {"head": head.number, "time": time_text(head.second), "behind": behind}
        told = tell("old_head", screen.language, **values)
        yield Text("! ", style="bold yellow") + Text(told)


def _is_old(report: Report, now: int) -> bool:
    return now - report.head.second > _HEAD_SECONDS_MAX


def _duration(seconds: int, screen: Screen) -> str:
    """In the largest unit of which it is two or more."""
    unit = next(one for one, size in _UNITS.items() if seconds >= 2 * size or size == 60)
    return tell(unit, screen.language, count=seconds // _UNITS[unit])


def _totals(report: Report, screen: Screen) -> Table:
    committed = len(report.contracts) - sum(one.kind == "code" for one in report.findings)
    rows = {
        "blocks": report.last_block - report.first_block + 1,
        "transactions": report.transactions,
        "events": report.explained_events,
        "unexplained_events": report.unexplained_events,
        "commands": report.commands.total(),
        "open_acts": report.open_acts.total(),
        "refused": report.refused,
        "foreign": report.foreign,
        "founders": report.founders,
        "contracts": committed,
        "compared": report.compared,
    }
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for key, count in rows.items():
        table.add_row(tell(key, screen.language), f"{count:,}")
    return table


def _findings(report: Report, screen: Screen) -> Table:
    columns = [tell(key, screen.language) for key in ("what", "where", "changed")]
    table = table_of("", *columns)
    for one in report.findings[:_SHOWN_MAX]:
        kind = Text(KINDS[one.kind].text(screen.language), style="red")
        table.add_row(kind, _place(one, screen), _explained(one, screen))
    return table


def _place(one: Finding, screen: Screen) -> Text:
    lines = [tell("block", screen.language, block=one.block)]
    if one.index is not None:
        lines[0] += screen.comma + tell("event", screen.language, index=one.index)
    if one.transaction:
        lines.append("0x" + one.transaction.hex()[:16] + "…")
    if one.digest:
        lines.append(tell("command", screen.language, digest=check_code(one.digest)))
    return Text("\n".join(lines))


def _explained(one: Finding, screen: Screen) -> Text:
    lines = [f"{one.contract} · {one.subject}" if one.subject else one.contract]
    if one.reason is not None:
        lines.append(one.reason.message(screen.language))
    if one.expected:
        lines.append(tell("expected", screen.language, values=_values(one.expected, screen)))
    if one.actual or (one.expected and one.kind is Kind.STATE):
        lines.append(tell("actual", screen.language, values=_values(one.actual, screen)))
    return Text("\n".join(lines))


def _values(values: Mapping[str, Any], screen: Screen) -> str:
    texts = [f"{name} {_value(name, value, screen)}" for name, value in values.items()]
    return screen.comma.join(texts) or tell("nothing", screen.language)


def _value(name: str, value: Any, screen: Screen) -> str:
    meaning = MEANINGS.get(name)
    if (
        meaning is not None
        and type(value) is int
        and 0 <= value < _RENDERED_MAX.get(meaning, 2**64)
    ):
        return rendered(value, meaning, screen.language)
    if isinstance(value, bytes):
        return f"0x{value.hex()[:16]}" + ("…" if len(value) > 8 else "")
    if isinstance(value, Mapping):
        return "(" + _values(value, screen) + ")"
    return str(value)


def _block_to_json(one: Block) -> dict[str, Any]:
    return {"block": one.number, "hash": "0x" + one.hash.hex(), "second": one.second}


def _finding_to_json(one: Finding, screen: Screen) -> dict[str, Any]:
    reason = one.reason
    return {
        "kind": one.kind.value,
        "block": one.block,
        "transaction": "0x" + one.transaction.hex() if one.transaction else None,
        "event": one.index,
        "contract": one.contract,
        "subject": one.subject,
        "digest": "0x" + one.digest.hex() if one.digest else None,
        "expected": _to_json(one.expected),
        "actual": _to_json(one.actual),
        "reason": None
        if reason is None
        else {"code": reason.code, "message": reason.message(screen.language)},
    }


def _to_json(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _to_json(one, key) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_to_json(one) for one in value]
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if type(value) is not int:
        return value
    if MEANINGS.get(name) is Meaning.AMOUNT:
        return amount_text(value) if value >= 0 else str(value)
    return str(value) if value.bit_length() > _SAFE_BITS else value
