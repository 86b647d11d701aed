"""Endpoints that lie about an honest chain: each lie is reported with its kind."""

from collections.abc import Callable
from typing import Any

import pytest

from ledger.audit import Finding, Kind, Report
from ledger.chain.artifacts import artifact, entries_of
from ledger.model.ids import voucher_id
from tests.audit.conftest import Told
from tests.audit.recorded import Change

Logs = list[Any]


def _topic(name: str) -> str:
    [topic] = [hash_ for hash_, entry in entries_of("event").items() if entry.name == name]
    return "0x" + topic.hex()


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _edited(edit: Callable[[Logs], Logs], *methods: str) -> Change:
    """Logs as they are told, in the listing and in receipts unless one is named."""

    def change(method: str, params: Any, result: Any) -> Any:
        del params
        if methods and method not in methods:
            return result
        if method == "eth_getLogs":
            return edit(list(result))
        if method == "eth_getTransactionReceipt":
            return {**result, "logs": edit(list(result["logs"]))}
        return result

    return change


def _first(name: str, logs: Logs) -> int | None:
    topic = _topic(name)
    places = [place for place, log in enumerate(logs) if log["topics"][0] == topic]
    return places[0] if places else None


def _without(name: str, *methods: str) -> Change:
    topic = _topic(name)
    return _edited(lambda logs: [one for one in logs if one["topics"][0] != topic], *methods)


def _changed(name: str, change: Callable[[Any], dict[str, Any]]) -> Change:
    topic = _topic(name)
    return _edited(
        lambda logs: [{**one, **change(one)} if one["topics"][0] == topic else one for one in logs]
    )


def _doubled(name: str) -> Change:
    def edit(logs: Logs) -> Logs:
        place = _first(name, logs)
        return logs if place is None else [*logs[: place + 1], logs[place], *logs[place + 1 :]]

    return _edited(edit)


def _hidden(name: str) -> Change:
    """A transaction that the listing keeps quiet about."""

    def edit(logs: Logs) -> Logs:
        place = _first(name, logs)
        if place is None:
            return logs
        hash_ = logs[place]["transactionHash"]
        return [one for one in logs if one["transactionHash"] != hash_]

    return _edited(edit, "eth_getLogs")


def _answered(contract: str, function: str, data: bytes) -> Change:
    selector = "0x" + artifact(contract).functions[function].selector.hex()

    def change(method: str, params: Any, result: Any) -> Any:
        asked = method == "eth_call" and str(params[0]["data"]).startswith(selector)
        return "0x" + data.hex() if asked else result

    return change


def _sent(edit: Callable[[bytes], bytes]) -> Change:
    def change(method: str, params: Any, result: Any) -> Any:
        del params
        if method != "eth_getTransactionByHash":
            return result
        return {**result, "input": "0x" + edit(_bytes(result["input"])).hex()}

    return change


def _replaced(old: bytes, new: bytes) -> Change:
    return _sent(lambda data: data.replace(old, new))


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def _selector(contract: str, function: str) -> bytes:
    return artifact(contract).functions[function].selector


def _flipped_code(method: str, params: Any, result: Any) -> Any:
    del params
    if method != "eth_getCode" or _selector("Sales", "recourse") not in _bytes(result):
        return result
    code = _bytes(result)
    return "0x" + bytes([*code[:-1], code[-1] ^ 1]).hex()


def _late(method: str, params: Any, result: Any) -> Any:
    del params
    return {**result, "timestamp": 2**31} if method == "eth_getBlockByNumber" else result


def _raised(log: Any) -> dict[str, Any]:
    """The first value of an event, one more."""
    data = _bytes(log["data"])
    return {"data": "0x" + (_word(int.from_bytes(data[:32], "big") + 1) + data[32:]).hex()}


def _to_delta(log: Any) -> dict[str, Any]:
    return {"topics": [*log["topics"][:3], "0x" + _word(4).hex()]}


def _other_key(log: Any) -> dict[str, Any]:
    """Another key at genesis for whom the event is about."""
    data = _bytes(log["data"])
    place = data.index(_word(20)) + 32
    return {"data": "0x" + (data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]).hex()}


PART = voucher_id(1, 2)

LIES: dict[str, tuple[Change, Kind, str]] = {
    "an acceptance without its event": (_without("VoucherAccepted"), Kind.MISSING, ""),
    "a payment without its event": (_without("PrincipalPaid"), Kind.MISSING, ""),
    "another receiver of a part": (_changed("PartOffered", _to_delta), Kind.CHANGED, ""),
    "another price": (_changed("SalePriced", _raised), Kind.CHANGED, ""),
    "another share of a payment": (_changed("DepositPaidOut", _raised), Kind.CHANGED, ""),
    "a transfer told twice": (_doubled("Transfer"), Kind.EXTRA, ""),
    "a deposit moved twice": (_doubled("DepositMoved"), Kind.EXTRA, ""),
    "a listing short of an event": (_without("LoanRepaid", "eth_getLogs"), Kind.FEED, ""),
    "a transaction kept quiet": (_hidden("PayableAccepted"), Kind.STATE, ""),
    "a command of other content": (_replaced(_word(PART), _word(PART + 1)), Kind.CHANGED, ""),
    "a command with a spoilt signature": (
        _sent(lambda data: data[:-10] + bytes([data[-10] ^ 1]) + data[-9:]),
        Kind.AUTHORITY,
        "InvalidSignature",
    ),
    "a command that cannot be read": (
        _replaced(_selector("Settlement", "pay"), b"\1\2\3\4"),
        Kind.UNREADABLE,
        "",
    ),
    "other keys at genesis": (_changed("SignerAdded", _other_key), Kind.AUTHORITY, ""),
    "a clock that runs late": (_late, Kind.AUTHORITY, "DeadlinePassed"),
    "another code": (_flipped_code, Kind.CODE, ""),
    "another contract asked": (_answered("Vouchers", "sales", _word(7)), Kind.WIRING, ""),
    "another deposit": (_answered("Deposits", "depositOf", _word(1)), Kind.STATE, ""),
}


@pytest.mark.parametrize("lie", LIES)
def test_lie_is_reported_with_its_kind(told: Told, lie: str) -> None:
    change, kind, reason = LIES[lie]
    report = told.lying(change)
    assert not report.is_explained
    found = _of(report, kind)
    assert found, {one.kind for one in report.findings}
    assert not reason or reason in {one.reason.code for one in found if one.reason}


def test_finding_says_where_it_is_and_what_differs(told: Told) -> None:
    report = told.lying(_changed("SalePriced", _raised))
    [found] = report.findings
    assert (found.contract, found.subject) == ("Sales", "SalePriced")
    assert found.block > 0
    assert found.index is not None
    assert len(found.transaction) == len(found.digest) == 32
    assert found.actual["amount"] == found.expected["amount"] + 1
    assert report.unexplained_events == 1


def test_lie_about_one_event_leaves_the_others_explained(told: Told) -> None:
    report = told.lying(_without("VoucherPledged"))
    assert [one.kind for one in report.findings] == [Kind.MISSING]
    assert report.explained_events == told.honest.events - 1


def test_key_told_as_one_of_a_second_genesis_is_reported(told: Told) -> None:
    """A contract is created once; later nobody names keys without those who may sign."""
    events = told.recorded.history().events(0, told.honest.last_block, [told.registry])
    added = [event for event in events if event.name == "SignerAdded"][-1]
    assert added.block > told.honest.first_block + 20  # the clerk's, long after genesis
    hash_ = "0x" + added.transaction.hex()

    def change(method: str, params: Any, result: Any) -> Any:
        if method == "eth_getLogs":
            return [log for log in result if log["transactionHash"] != hash_ or _is_key(log)]
        if not str(method).startswith("eth_getTransaction") or params[0] != hash_:
            return result
        if method == "eth_getTransactionByHash":
            return {**result, "to": None}
        logs = [log for log in result["logs"] if _is_key(log)]
        return {**result, "to": None, "contractAddress": told.registry, "logs": logs}

    report = told.lying(change)
    assert {(one.kind, one.subject) for one in report.findings} >= {(Kind.EXTRA, "SignerAdded")}


def _is_key(log: Any) -> bool:
    return bool(log["topics"][0] == _topic("SignerAdded"))


def _of(report: Report, kind: Kind) -> list[Finding]:
    return [one for one in report.findings if one.kind is kind]
