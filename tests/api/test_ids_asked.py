"""Every id that a request names in its body or query, as everybody: another's is what is not there.

Both come from the document: a field or parameter that comes to it is entered in `tests/api/asked`,
and is walked if it holds an id.
"""

import copy
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from zlib import crc32

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.options import Rate
from tests.api.absent import ROLES
from tests.api.asked import NO_IDS, WORDS, Place, bodies, filters, kind_of, name_of
from tests.api.conftest import OPTIONS
from tests.api.crowd import ABSENT, Crowd, opened_crowd
from tests.api.drafts import GIVEN, OTHERS, PREPARED, SUBMITTED, draft, form, given, put
from tests.api.world import Person

_ALL: Final = "Regulator"
"""To whom everything is told."""
_CONCERNED: Final = {"settle": ("Acme", "Settlement Bank")}
"""Who may ask for something about vouchers that they do not read: whoever owes or settles them."""
_STREAM: Final = "streamEvents"
_THIRD: Final = 3
"""Of fields that every command has, each third is walked when time is short."""
_QUOTED: Final = ("sellVoucher", "redeemVoucher", "pledgeVoucher")
ADDRESSED: Final = {
    ("issuePayable", ("message", "to")),
    ("issueDeposit", ("message", "to")),
    ("moveDeposit", ("message", "to")),
    ("sellVoucher", ("cost_share", "message", "participant")),
    *((verb, ("quote", "message", "participant")) for verb in _QUOTED),
}
"""To whom a command is addressed, and who is said to have signed beside it. The contracts answer
for whether a number is anybody's: with it a first dealing begins.
"""
CLAIMS: Final = ("voucher", "payable", "loan", "batch", "payout", "request")
"""What is another's; nobody deals with it for the first time."""
Walk = tuple[str, Place, str]
"""An operation, where it names an id, and of which kind."""


@pytest.fixture(scope="module")
def crowd(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    with opened_crowd(engine, tmp_path_factory.mktemp("asked")) as made:
        for name in ROLES:
            made.person(name)
        yield made


class TestBodies:
    def test_every_field_is_entered(self, crowd: Crowd) -> None:
        for operation, places in bodies(crowd.document).items():
            for place in places:
                name = name_of(place)
                assert (kind_of(name) is None) is (name in NO_IDS), (operation, place)

    def test_every_operation_that_names_an_id_has_a_body_here(self, crowd: Crowd) -> None:
        named = {operation for operation, *_ in _walks(crowd)}
        assert named == {*PREPARED, *SUBMITTED, *GIVEN, *OTHERS}

    def test_another_s_is_what_is_not_there(self, crowd: Crowd) -> None:
        _walk_bodies(crowd, is_whole=False)

    @pytest.mark.deep
    def test_all_of_another_s_is_what_is_not_there(self, crowd: Crowd) -> None:
        _walk_bodies(crowd, is_whole=True)


def _walk_bodies(crowd: Crowd, *, is_whole: bool) -> None:
    before, walked, differ = crowd.counts(), 0, set()
    for number, walk in enumerate(_walks(crowd)):
        operation, place, kind = walk
        is_everywhere = place[-1] == "participant" or kind == "reference"
        if is_everywhere and not is_whole and number % _THIRD:
            continue
        for name, one in _picked(crowd, walk, is_whole=is_whole):
            absent = _told(crowd, name, walk, ABSENT[kind])
            told = _told(crowd, name, walk, one)
            if told != absent:
                assert (operation, place) in ADDRESSED, (walk, name, one)
                differ.add((operation, place))
            if operation in SUBMITTED and kind in CLAIMS:
                earnest = _told(crowd, name, walk, one, is_dry=False)
                assert earnest == told, (walk, name, one)
                assert told[0] >= 400
            walked += 1
    assert walked > 200
    assert not is_whole or differ == ADDRESSED
    assert crowd.counts() == before


def _walks(crowd: Crowd) -> list[Walk]:
    """Each field of a body that holds an id."""
    return [
        (operation, place, kind)
        for operation, places in bodies(crowd.document).items()
        for place in places
        if (operation, place) not in WORDS and (kind := kind_of(name_of(place)))
    ]


def _picked(crowd: Crowd, walk: Walk, *, is_whole: bool) -> Sequence[tuple[str, Any]]:
    """Roles and ids that are not theirs: some of each kind, or all."""
    roles = [name for name in ROLES if name not in _CONCERNED.get(walk[0], ())]
    pairs = [(name, one) for name in roles for one in crowd.foreign(walk[2], name)]
    if is_whole or not pairs:
        return pairs
    first, many = crc32(repr(walk).encode()), 2 if walk[2] in CLAIMS else 1
    return [pairs[(first + 7 * one) % len(pairs)] for one in range(many)]


def _told(crowd: Crowd, name: str, walk: Walk, value: Any, *, is_dry: bool = True) -> Any:
    """An answer without what differs by the request, and without the id."""
    operation, place, kind = walk
    person = crowd.person(name)
    method, address = _address(crowd, operation)
    headers = dict(person.headers)
    if operation in PREPARED:
        body = draft(crowd, PREPARED[operation].command, person.member)
        put(body, place, value)
    elif operation in (*SUBMITTED, *GIVEN):
        make = form if operation in SUBMITTED else given
        body = make(crowd, operation, person.member, place, value)
        address += "?dry_run=true" if is_dry else ""
        headers |= {} if is_dry else {"idempotency-key": secrets.token_hex(8)}
    else:
        body = copy.deepcopy(OTHERS[operation])
        put(body, place, value)
        headers["idempotency-key"] = secrets.token_hex(8)
        if kind not in CLAIMS and "dry_run" in filters(crowd.document)[operation]:
            address += "?dry_run=true"  # one's own act, whoever else is named in it
    answer = person.client.request(method, address, json=body, headers=headers)
    told = answer.json()
    said = ["code", "params", "errors", "next_step"]
    if isinstance(value, str):  # of a participant the name is told to whoever deals with it
        said += ["detail", "sentence", "fields", "dry_run"]
    return answer.status_code, _without(value, {one: told.get(one) for one in said})


def _without(value: Any, told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _without(value, one) for name, one in told.items()}
    if isinstance(told, list):
        return [_without(value, one) for one in told]
    if isinstance(told, str) and isinstance(value, str):
        return re.sub(rf"{re.escape(value)}(?![0-9])", "…", told)
    return "…" if told == value else told


def _address(crowd: Crowd, operation: str) -> tuple[str, str]:
    [upload] = crowd.own["import"]
    [found] = (
        (method.upper(), path.replace("{import_id}", upload).replace("{participant}", "2"))
        for path, methods in crowd.document["paths"].items()
        for method, one in methods.items()
        if one["operationId"] == operation
    )
    return found


class TestQueries:
    def test_every_parameter_is_entered(self, crowd: Crowd) -> None:
        for operation, names in filters(crowd.document).items():
            for name in names:
                assert (kind_of(name) is None) is (name in NO_IDS), (operation, name)

    def test_stream_has_the_filters_of_its_list(self, crowd: Crowd) -> None:
        found = filters(crowd.document)
        assert found[_STREAM] == [one for one in found["listEvents"] if one != "limit"]

    def test_filter_tells_of_another_s_what_it_tells_of_none(self, crowd: Crowd) -> None:
        assert _walk_queries(crowd, is_whole=False) > 150

    @pytest.mark.deep
    def test_every_filter_tells_everybody_of_another_s_what_it_tells_of_none(
        self, crowd: Crowd
    ) -> None:
        assert _walk_queries(crowd, is_whole=True) > 2_000


def _walk_queries(crowd: Crowd, *, is_whole: bool) -> int:
    """What a filter finds says itself what was asked for; returns how often was asked."""
    payables = {name: _payables(crowd.person(name)) for name in ROLES}
    walked = 0
    for operation, parameter, kind in _filters(crowd):
        _, address = _address(crowd, operation)
        assert "{" not in address, operation
        for name, one in _paired(crowd, operation, parameter, kind, is_whole=is_whole):
            absent, told = (
                _found(crowd.person(name), address, parameter, value)
                for value in (ABSENT[kind], one)
            )
            walked += 1
            if told == absent:
                continue
            assert isinstance(told, list), (operation, parameter, name, one, told)
            if operation.startswith("export"):
                assert _found(crowd.person(name), _listed(address), parameter, one), operation
                continue
            for row in told if one != crowd.person(name).member.id else ():
                is_told = _says(row, kind, one, payables[name])
                assert is_told, (operation, parameter, name, one, row)
    return walked


def _filters(crowd: Crowd) -> list[tuple[str, str, str]]:
    """Each parameter of a query that holds an id."""
    return [
        (operation, name, kind)
        for operation, names in filters(crowd.document).items()
        for name in names
        if operation != _STREAM and (kind := kind_of(name))
    ]


def _paired(
    crowd: Crowd, operation: str, parameter: str, kind: str, *, is_whole: bool
) -> Sequence[tuple[str, Any]]:
    """Roles and ids, own ones too: some, or all."""
    pairs = [(name, one) for name in ROLES if name != _ALL for one in crowd.own[kind]]
    if is_whole and operation.startswith("list"):
        return pairs
    first, many = crc32(f"{operation} {parameter}".encode()), 1 + operation.startswith("list")
    return [pairs[(first + 11 * one) % len(pairs)] for one in range(many)]


def _found(person: Person, address: str, parameter: str, value: Any) -> Any:
    """The rows of a list or file; of a refusal its status and code."""
    answer = person.get(address, params={parameter: value})
    if answer.status_code != 200:
        return answer.status_code, answer.json()["code"]
    if "json" in answer.headers["content-type"]:
        return answer.json()["data"]
    return answer.text.splitlines()[1:]


def _listed(address: str) -> str:
    """The list of which something is the file."""
    return address.replace("/exports/", "/")


def _payables(person: Person) -> dict[str, Any]:
    return {one["id"]: one for one in _found(person, "/v1/payables", "limit", 200)}


def _says(row: Any, kind: str, one: Any, payables: Mapping[str, Any]) -> bool:
    """Whether a row, or a payable that it names to its reader, tells of an id."""
    said = json.dumps(row)
    names = {f"P-{number}" for number in re.findall(r"\b[PV]-([0-9]+)", said)}
    owed = [payables[name] for name in names if name in payables]
    if row.keys() & {"verb", "root", "payables"}:  # its own operations, batches and imports
        return True
    if row.get("data", {}).keys() & {"loan_id", "payout"}:  # its sides know what it lies on
        return True
    match kind:
        case "payable":
            return one in names
        case "invoice":
            return any(told["face"] is not None for told in owed)
        case "run":  # a proposal is of the run of its payout, and its bank's alone
            return "payout" in row
    if kind == "participant" and "request" in row:  # who was asked for a quote knew who owes
        return True
    if kind == "participant" and "data" in row and re.search(rf": {one}\b", said):
        return True
    return any(
        one in (value if isinstance(value, list) else [value])
        for told in (row, *owed)
        for field, value in told.items()
        if field == "id" or kind_of(field) == kind
    )


class TestFound:
    """What the walks have found, by name."""

    @pytest.mark.parametrize(
        ("name", "operation", "code"),
        [
            ("Cedar", "transferVoucher", "UnknownVoucher"),
            ("Cedar", "recourseVoucher", "UnknownVoucher"),
            ("Delta Bank", "payPayable", "UnknownPayable"),
            ("Delta Bank", "attestPayment", "UnknownPayable"),
            ("Delta Bank", "repayLoan", "UnknownLoan"),
            ("Delta Bank", "releaseSecurity", "UnknownLoan"),
        ],
    )
    def test_verb_on_another_s_claim_tells_nothing_of_it(
        self, crowd: Crowd, name: str, operation: str, code: str
    ) -> None:
        [walk] = (
            one
            for one in _walks(crowd)
            if one[0] == operation and one[2] in ("voucher", "payable", "loan")
        )
        for one in crowd.foreign(walk[2], name):
            for is_dry in (True, False):
                told = _told(crowd, name, walk, one, is_dry=is_dry)
                assert (told[0], told[1]["code"]) == (404, code), one

    def test_join_with_one_s_own_tells_nothing_of_the_other(self, crowd: Crowd) -> None:
        """Its own is looked at first, and cannot be joined: that told that the other is there."""
        walk = ("joinVouchers", ("message", "high"), "voucher")
        absent = _told(crowd, "Birch", walk, ABSENT["voucher"])
        assert (absent[0], absent[1]["code"]) == (404, "UnknownVoucher")
        for one in crowd.foreign("voucher", "Birch"):
            assert _told(crowd, "Birch", walk, one) == absent, one

    def test_whom_it_concerns_is_told_how_its_claim_stands(self, crowd: Crowd) -> None:
        walk = ("transferVoucher", ("message", "parts", "[]", "voucher"), "voucher")
        for one in crowd.whose("voucher", "Birch"):
            assert _told(crowd, "Birch", walk, one)[1]["code"] != "UnknownVoucher"

    def test_operator_finds_no_operation_by_its_digest(self, crowd: Crowd) -> None:
        [digest] = crowd.own["digest"]
        for name, count in (("Birch", 1), ("Regulator", 1), ("Operator", 0)):
            assert len(_found(crowd.person(name), "/v1/operations", "digest", digest)) == count

    def test_names_of_strangers_are_told_so_many_at_a_time(self, crowd: Crowd) -> None:
        few = create_app(crowd.world.service, replace(OPTIONS, lookup=Rate(2, 60)))
        acme = crowd.person("Acme")
        with TestClient(few) as door:

            def named(to: int, *, unnamed: list[int]) -> str:
                draft = {"bank": 6, "to": to, "amount": "1.00", "purpose": "0x" + "22" * 32}
                answer = door.post("/v1/deposits/move/typed-data", json=draft, headers=acme.headers)
                assert answer.headers["ratelimit-policy"].startswith('"subject"')
                assert answer.json()["unnamed"] == unnamed  # whoever signs knows of it
                return str(answer.json()["sentence"])

            assert "Cedar (3)" in named(3, unnamed=[])
            assert "4000000000" in named(4_000_000_000, unnamed=[])
            assert "Cedar" not in named(3, unnamed=[3])
            assert "Birch (2)" in named(2, unnamed=[])
            # Names and codes are looked up under one count.
            asked = {"uscc": "91350100M000100Y43"}
            refused = door.post("/v1/participants/lookup", json=asked, headers=acme.headers)
            assert refused.status_code == 429
