"""The command line as a client: what people do all day, and what it refuses to sign."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.verbs import VERBS as DOOR
from ledger.cli.client import Client, Refused
from ledger.cli.sessions import Session
from ledger.cli.verbs import VERBS
from ledger.model.errors import ServiceUnreachable, SettingInvalid
from ledger.model.states import Duty
from tests.cli.conftest import NUMBERS, Served, Shell

HASH = "0x" + "ab" * 32
BOTH = (Duty.MAKER, Duty.CHECKER)


def _maturity() -> str:
    return (datetime.now(UTC) + timedelta(days=120)).date().isoformat()


def _issued(core: Shell, face: str = "50000.00") -> str:
    """A fresh payable to a; its root voucher."""
    words = ["--to", 2, "--bank", 5, "--face", face, "--maturity", _maturity()]
    invoice = f"fingerprint=0x{secrets.token_hex(32)},total={face},used={face}"
    core.signed("payable", "issue", *words, "--invoice", invoice, duties=BOTH)
    [payable] = core.done("payable", "list", "--limit", 1)
    return f"V-{payable['id'][2:]}.1"


def _accepted(core: Shell, a: Shell, face: str = "50000.00") -> str:
    voucher = _issued(core, face)
    a.signed("offer", "accept", "--voucher", voucher)
    return voucher


def test_verbs_are_those_of_the_service() -> None:
    assert {name: one.path for name, one in VERBS.items()} == {
        name: one.path for name, one in DOOR.items()
    }
    names = {"SaleQuote": "quote", "RedemptionQuote": "quote", "PledgeQuote": "quote"}
    for name, one in DOOR.items():
        assert VERBS[name].beside == tuple(names.get(each.value, each.value) for each in one.beside)


class TestPeople:
    def test_voucher_is_issued_accepted_passed_on_and_declined(
        self, core: Shell, a: Shell, b: Shell
    ) -> None:
        voucher = _accepted(core, a)
        part = f"to=3,voucher={voucher},amount=20000.00"
        done = a.signed("voucher", "transfer", "--part", part, "--reference", "PO-1")
        assert a.done("operation", "show", done["id"])["external_reference"] == "PO-1"
        [offer] = b.done("offer", "list", "--state", "open", "--taker", 3)
        assert (offer["amount"], offer["giver"]) == ("20000.00", 2)
        b.signed("offer", "decline", "--voucher", offer["voucher"], "--reason", HASH)
        assert b.done("offer", "list", "--state", "open") == []
        held = a.done("voucher", "list", "--payable", f"P-{voucher[2:-2]}", "--state", "held")
        assert sum(float(one["amount"]) for one in held) == 50_000

    def test_table_is_for_people_and_json_for_programs(self, core: Shell, a: Shell) -> None:
        voucher = _accepted(core, a)
        shown = a.run("voucher", "list")
        assert shown.exit_code == 0
        assert voucher in shown.stdout
        assert a.run("voucher", "show", voucher).stdout.count("\n") > 10
        chinese = a.run("--lang", "zh", "voucher", "show", voucher)
        assert "金额" in chinese.stdout
        lineage = a.run("voucher", "lineage", voucher)
        assert "issue" in lineage.stdout

    def test_list_is_written_to_a_file(self, a: Shell, tmp_path: Path) -> None:
        for name in ("vouchers.csv", "vouchers.xlsx"):
            result = a.run("voucher", "export", "--out", tmp_path / name)
            assert result.exit_code == 0, result.stderr
        assert (tmp_path / "vouchers.csv").read_bytes().startswith(b"\xef\xbb\xbf")
        assert (tmp_path / "vouchers.xlsx").read_bytes().startswith(b"PK")

    def test_maker_writes_a_file_that_the_checker_signs_and_submits(
        self, core: Shell, tmp_path: Path
    ) -> None:
        """Above the threshold of a day it takes two."""
        file = tmp_path / "issue.json"
        words = ["--to", 2, "--bank", 5, "--face", "1500000.00", "--maturity", _maturity()]
        out = core.run(
            "payable", "issue", *words, "--evidence", HASH, "--out", file, *core.signing()
        )
        assert out.exit_code == 0, out.stderr
        alone = core.run("command", "submit", file)
        assert (alone.exit_code, "signers" in alone.stderr) == (1, True)
        shown = core.run("command", "show", file)
        assert "1,500,000.00" in shown.stderr
        added = core.run("command", "sign", file, *core.signing(Duty.CHECKER))
        assert added.exit_code == 0, added.stderr
        approvals = json.loads(file.read_text())["body"]["approvals"]
        assert [one["signer"] for one in approvals] == [0, 1]
        done = core.done("command", "submit", file)
        assert done["state"] == "done"
        again = core.done("command", "submit", file)
        assert again["id"] == done["id"]

    def test_dry_run_keeps_nothing(self, core: Shell, a: Shell) -> None:
        voucher = _issued(core)
        accept = ["offer", "accept", "--voucher", voucher]
        dry = a.run(*accept, "--dry-run", *a.signing())
        assert (dry.exit_code, dry.stdout.strip()) == (0, "It would be taken in.")
        assert a.done("voucher", "show", voucher)["state"] == "offered"
        a.signed(*accept)
        refused = a.run(*accept, "--dry-run", *a.signing())
        assert refused.exit_code == 1

    def test_question_is_asked_before_signing(self, core: Shell, a: Shell) -> None:
        voucher = _issued(core)
        options = [one for one in a.signing() if one != "--yes"]
        no = a.run("offer", "accept", "--voucher", voucher, *options, text="n\n")
        assert (no.exit_code, "Nothing was signed" in no.stderr) == (1, True)
        assert "Accept voucher" in no.stderr
        assert a.done("voucher", "show", voucher)["state"] == "offered"
        yes = a.run("offer", "accept", "--voucher", voucher, *options, text="y\n")
        assert yes.exit_code == 0
        assert a.done("voucher", "show", voucher)["state"] == "held"

    def test_quote_is_asked_for_given_compared_and_taken(
        self, core: Shell, a: Shell, bank: Shell, tmp_path: Path
    ) -> None:
        voucher = _accepted(core, a)
        words = ["--voucher", voucher, "--kind", "sale", "--kind", "redemption"]
        request = a.done("request", "make", *words, "--ask", 4, "--ask", 1)
        assert [one["id"] for one in bank.done("request", "list", "--state", "open")] == [
            request["id"]
        ]
        checks = bank.run("request", "checks", request["id"])
        assert "round_trip" in checks.stdout
        terms = ["--rate", "0.0385", "--no-recourse", "--registration", HASH]
        quote = bank.done("quote", "give", "sale", request["id"], *terms, *bank.signing())
        dearer = ["--rate", "0.03", *core.signing(*BOTH)]
        core.done("quote", "give", "redemption", request["id"], *dearer)
        compared = a.run("request", "comparison", request["id"])
        assert compared.stdout.index("redemption") < compared.stdout.index("sale")
        for who, words, said in (
            (a, ("request", "export-comparison", request["id"]), quote["id"]),
            (bank, ("request", "export-checks", request["id"]), "round_trip"),
            (bank, ("request", "export-lineage", request["id"]), "issue"),
            (a, ("voucher", "export-lineage", voucher), "issue"),
        ):
            assert who.run(*words, "--out", tmp_path / "out.csv").exit_code == 0, words
            assert said in (tmp_path / "out.csv").read_text("utf-8-sig")
        done = a.signed("quote", "take", quote["id"])
        assert done["verb"] == "sell"
        assert a.done("request", "show", request["id"])["state"] == "taken"
        late = a.run("quote", "take", quote["id"], *a.signing())
        assert late.exit_code == 1
        refused = bank.run("request", "refuse", request["id"], "--reason", "price")
        assert refused.exit_code == 1

    def test_events_are_followed(self, core: Shell, a: Shell) -> None:
        for _ in range(2):
            _issued(core)
        after = a.done("event", "list", "--kind", "PayableIssued", "--limit", 5)[0]["seq"] - 1
        followed = a.run("event", "follow", "--after", after, "--count", 2, "--json")
        assert followed.exit_code == 0, followed.stderr
        lines = [json.loads(line) for line in followed.stdout.splitlines()]
        assert (len(lines), lines[0]["seq"] > after) == (2, True)
        told = a.run("event", "follow", "--after", after, "--count", 1)
        assert "PayableIssued" in told.stdout

    def test_operation_is_waited_for(self, core: Shell, a: Shell) -> None:
        voucher = _issued(core)
        posted = a.done("offer", "accept", "--voucher", voucher, "--wait", 0, *a.signing())
        waited = a.done("operation", "wait", posted["id"])
        assert waited["state"] == "done"
        unknown = a.run("operation", "wait", "op_" + "0" * 26)
        assert unknown.exit_code == 1


class TestRefused:
    def test_without_a_session_nothing_is_asked(self, served: Served, tmp_path: Path) -> None:
        nobody = Shell("a", served.url, tmp_path)
        result = nobody.run("voucher", "list")
        assert (result.exit_code, "sign-in" in result.stderr) == (2, True)

    def test_session_that_others_can_read_is_not_used(self, a: Shell) -> None:
        path = a.home / "fenbook" / "session.json"
        path.chmod(0o644)
        try:
            assert "chmod 600" in a.run("voucher", "list").stderr
        finally:
            path.chmod(0o600)
        assert a.run("voucher", "list").exit_code == 0

    def test_service_that_is_away_is_said_so(self, a: Shell, tmp_path: Path) -> None:
        session = Session.load(a.home / "fenbook" / "session.json")
        away = tmp_path / "away.json"
        Session("http://127.0.0.1:9", "x", 1, session.contracts, 2, "s").save(away)
        result = a.run("voucher", "list", "--session", away)
        assert (result.exit_code, "No service answers" in result.stderr) == (2, True)

    @pytest.mark.parametrize("server", ["http://example.com", "ftp://127.0.0.1", "example.com"])
    def test_secret_goes_by_tls_or_stays_here(self, server: str) -> None:
        with pytest.raises(SettingInvalid):
            Client(server, secret="fbs_secret")

    def test_unknown_thing_ends_with_status_1(self, a: Shell) -> None:
        result = a.run("voucher", "show", "V-4000000000.1")
        assert (result.exit_code, "Check the address" in result.stderr) == (1, True)

    def test_value_of_another_form_ends_with_status_2(self, core: Shell) -> None:
        words = ["--to", 2, "--bank", 5, "--maturity", "2027-01-01"]
        result = core.run("payable", "issue", *words, "--face", "1,000", *core.signing())
        assert result.exit_code == 2
        assert core.run("payable", "list", "--state", "lost").exit_code == 2
        pairs = core.run("voucher", "transfer", "--part", "to=3,to=4", *core.signing())
        assert (pairs.exit_code, "name=value" in pairs.stderr) == (2, True)

    def test_key_of_another_signs_nothing(self, a: Shell, b: Shell, voucher: str) -> None:
        part = f"to=3,voucher={voucher},amount=20000.00"
        result = a.run("voucher", "transfer", "--part", part, *b.signing())
        assert (result.exit_code, "none of the participant's signers" in result.stderr) == (1, True)

    def test_wrong_password_and_exposed_key_file(
        self, a: Shell, voucher: str, tmp_path: Path
    ) -> None:
        part = f"to=3,voucher={voucher},amount=20000.00"
        transfer = ["voucher", "transfer", "--part", part, "--yes"]
        wrong = tmp_path / "wrong"
        wrong.write_text("other\n")
        wrong.chmod(0o600)
        key = a.key(Duty.MAKER)
        result = a.run(*transfer, "--key", key, "--password-file", wrong)
        assert (result.exit_code, "does not open" in result.stderr) == (1, True)
        for exposed in (key, a.password):
            exposed.chmod(0o640)
            result = a.run(*transfer, "--key", key, "--password-file", a.password)
            exposed.chmod(0o600)
            assert (result.exit_code, "can be read by others" in result.stderr) == (1, True)
        assert a.done("voucher", "show", voucher)["amount"] == "50000.00"


class _Liar(Client):
    """A service that prepares something else than was asked for."""

    lie: Any = None

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        answer = super().post(path, body, **more)
        return self.lie(answer) if path.endswith("/typed-data") else answer


def _other_amount(answer: Any) -> Any:
    answer["typed_data"]["message"]["parts"][0]["amount"] = "1"
    return answer


def _other_receiver(answer: Any) -> Any:
    answer["typed_data"]["message"]["parts"][0]["to"] = 4
    return answer


def _other_participant(answer: Any) -> Any:
    answer["typed_data"]["message"]["participant"] = 3
    return answer


def _other_digest(answer: Any) -> Any:
    answer["digest"] = "0x" + "11" * 32
    return answer


def _other_contract(answer: Any) -> Any:
    answer["typed_data"]["domain"]["verifyingContract"] = "0x" + "11" * 20
    return answer


def _other_chain(answer: Any) -> Any:
    answer["typed_data"]["domain"]["chainId"] = 1
    return answer


def _other_types(answer: Any) -> Any:
    answer["typed_data"]["types"]["Part"][0]["name"] = "from"
    return answer


def _more_parts(answer: Any) -> Any:
    answer["typed_data"]["message"]["parts"] *= 2
    return answer


def _another_verb(answer: Any) -> Any:
    answer["typed_data"]["primaryType"] = "VoidNonce"
    return answer


@pytest.fixture(scope="module")
def voucher(core: Shell, a: Shell) -> str:
    """A voucher of a's that nothing becomes of."""
    return _accepted(core, a)


class TestFalseAnswers:
    """Whatever the service prepares, nothing but what was asked for is signed."""

    @pytest.mark.parametrize(
        "lie",
        [_other_amount, _other_receiver, _other_participant, _other_digest, _other_contract,
         _other_chain, _other_types, _more_parts, _another_verb],
    )  # fmt: skip
    def test_false_preparation_is_not_signed(
        self, a: Shell, voucher: str, monkeypatch: pytest.MonkeyPatch, lie: Any
    ) -> None:
        monkeypatch.setattr("ledger.cli.client.Client", _Liar)
        monkeypatch.setattr(_Liar, "lie", staticmethod(lie))
        part = f"to=3,voucher={voucher},amount=20000.00"
        result = a.run("voucher", "transfer", "--part", part, *a.signing())
        assert result.exit_code == 1
        assert "asks to sign something else" in result.stderr
        assert "Nothing was signed" in result.stderr
        monkeypatch.undo()
        assert a.done("voucher", "show", voucher)["amount"] == "50000.00"

    def test_quote_that_was_changed_on_its_way_is_not_taken(
        self, a: Shell, bank: Shell, voucher: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        request = a.done("request", "make", "--voucher", voucher, "--kind", "sale", "--ask", 4)
        terms = ["--rate", "0.0385", "--no-recourse", "--registration", HASH]
        quote = bank.done("quote", "give", "sale", request["id"], *terms, *bank.signing())

        def dearer(answer: Any) -> Any:
            answer["typed_data"]["message"]["rate"] = 300_000_000
            return answer

        monkeypatch.setattr("ledger.cli.client.Client", _Liar)
        monkeypatch.setattr(_Liar, "lie", staticmethod(dearer))
        result = a.run("quote", "take", quote["id"], *a.signing())
        assert (result.exit_code, "its rate differs" in result.stderr) == (1, True)

    def test_service_of_another_ledger_is_not_signed_in_to(self, a: Shell, tmp_path: Path) -> None:
        session = Session.load(a.home / "fenbook" / "session.json")
        other = {**session.contracts, "Vouchers": "0x" + "22" * 20}
        path = tmp_path / "session.json"
        Session(session.server, session.service, session.chain_id, other, 2, "x").save(path)
        who = ["--participant", NUMBERS["a"], "--key", a.key(Duty.MAKER)]
        result = a.run("sign-in", *who, "--password-file", a.password, "--session", path)
        assert (result.exit_code, "another ledger" in result.stderr) == (1, True)


class TestClient:
    def test_problem_names_the_places(self, served: Served, a: Shell) -> None:
        session = Session.load(a.home / "fenbook" / "session.json")
        client = Client(served.url, secret=session.secret)
        with pytest.raises(Refused) as caught:
            client.post(
                "/v1/financing-requests", {"voucher": "V-1.1"}, headers={"Idempotency-Key": "k"}
            )
        assert "/kinds is missing" in caught.value.message
        client.close()

    def test_nobody_at_the_address(self) -> None:
        with pytest.raises(ServiceUnreachable):
            Client("http://127.0.0.1:9").get("/v1/about")

    def test_rows_of_all_pages_are_shown_together(self, served: Served, core: Shell) -> None:
        session = Session.load(core.home / "fenbook" / "session.json")
        client = Client(served.url, secret=session.secret)
        made = client.whole("/v1/participants?limit=1")
        listed = client.get("/v1/participants", limit=200)["data"]
        client.close()
        assert (made["data"], made["has_more"], len(listed) > 2) == (listed, False, True)

    def test_secret_is_in_no_text_about_a_session(self, a: Shell) -> None:
        session = Session.load(a.home / "fenbook" / "session.json")
        assert session.secret not in repr(session)

    def test_sign_out_ends_the_session(self, served: Served, tmp_path: Path) -> None:
        shell = Shell("b", served.url, tmp_path / "b").sign_in()
        assert shell.run("sign-out").exit_code == 0
        assert not (shell.home / "fenbook" / "session.json").exists()

    def test_api_key_serves_a_system(self, served: Served, a: Shell, tmp_path: Path) -> None:
        session = Session.load(a.home / "fenbook" / "session.json")
        client = Client(served.url, secret=session.secret)
        made = client.post("/v1/api-keys", {"label": "system", "scopes": ["read"]})
        client.close()
        file = tmp_path / "api-key"
        file.write_text(made["secret"] + "\n")
        file.chmod(0o600)
        path = tmp_path / "session.json"
        who = ["--participant", 2, "--api-key-file", file, "--session", path]
        assert a.run("sign-in", *who).exit_code == 0
        assert a.run("voucher", "list", "--session", path).exit_code == 0
