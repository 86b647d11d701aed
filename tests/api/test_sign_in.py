"""Signing in: a signature over a challenge, and nothing else, opens a session."""

from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from docs.samples import sample
from ledger.chain.sign_in import SignIn
from ledger.chain.typed_data import Domain, digest
from ledger.model.commands import COMMANDS
from ledger.store.metadata import METADATA
from tests.api.world import Person, World, sign_in
from tests.cast import EXPIRED, MAKER, OTHER_MAKER, REVOKED


def _challenge(client: TestClient, participant: int, signer: int = MAKER) -> Any:
    asked = {"participant": participant, "signer": signer}
    return client.post("/v1/sign-in/challenge", json=asked).json()


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _answered(client: TestClient, given: Any, signed: bytes, **changed: Any) -> Any:
    message = given["typed_data"]["message"]
    body = {name: message[name] for name in ("participant", "signer", "challenge")}
    body |= {"signature": "0x" + signed.hex()} | changed
    return client.post("/v1/sign-in", json=body)


def _digest(challenge: Any) -> bytes:
    return bytes.fromhex(challenge["digest"][2:])


class TestStruct:
    def test_digest_is_what_a_signing_device_shows(self) -> None:
        made = SignIn(20261, "ledger.example", 2, 0, bytes(range(32)), 1_772_413_200)
        secret = bytes(range(1, 33))
        signed = Account.sign_message(encode_typed_data(full_message=made.document()), secret)
        assert bytes(signed.message_hash) == made.digest

    def test_digest_is_never_a_command_s(self) -> None:
        made = SignIn(20261, "fenbook", 2, 0, bytes(32), 0)
        domain = Domain(20261, bytes(20))
        assert made.digest not in {digest(sample(one), domain) for one in COMMANDS.values()}
        assert "verifyingContract" not in made.document()["domain"]


class TestSession:
    def test_signer_gets_a_session(self, client: TestClient, world: World) -> None:
        answer = sign_in(client, world.cast.birch)
        assert answer.status_code == 201
        session = answer.json()
        assert (session["participant"], session["roles"]) == (2, ["supplier"])
        headers = {"authorization": f"Bearer {session['secret']}"}
        assert client.get("/v1/vouchers", headers=headers).status_code == 200
        assert client.delete("/v1/sign-in", headers=headers).status_code == 204
        assert client.get("/v1/vouchers", headers=headers).status_code == 401

    @pytest.mark.parametrize("signer", [EXPIRED, REVOKED])
    def test_signer_that_may_not_sign_is_refused(
        self, client: TestClient, world: World, signer: int
    ) -> None:
        answer = sign_in(client, world.cast.birch, signer=signer)
        assert (answer.status_code, answer.json()["code"]) == (401, "SignInRefused")

    def test_another_maker_gets_one_too(self, client: TestClient, world: World) -> None:
        assert sign_in(client, world.cast.birch, signer=OTHER_MAKER).status_code == 201

    def test_signature_of_another_is_refused(self, client: TestClient, world: World) -> None:
        challenge = _challenge(client, world.cast.birch.id)
        signature = world.cast.cedar.keys[MAKER].sign(_digest(challenge))
        assert _answered(client, challenge, signature).status_code == 401

    @pytest.mark.parametrize(
        "changed",
        [
            {"participant": 3},
            {"signer": 2},
            {"participant": 99},
            {"challenge": "0x" + "00" * 32},
            {"challenge": "0x" + "ff" * 32},
            {"signature": "0x"},
            {"signature": "0x" + "00" * 65},
        ],
    )
    def test_anything_changed_is_refused_alike(
        self, client: TestClient, world: World, changed: dict[str, Any]
    ) -> None:
        challenge = _challenge(client, world.cast.birch.id)
        signature = world.cast.birch.keys[MAKER].sign(_digest(challenge))
        answer = _answered(client, challenge, signature, **changed)
        assert (answer.status_code, answer.json()["code"]) == (401, "SignInRefused")

    def test_challenge_is_answered_once(self, client: TestClient, world: World) -> None:
        challenge = _challenge(client, world.cast.birch.id)
        signature = world.cast.birch.keys[MAKER].sign(_digest(challenge))
        answers = [_answered(client, challenge, signature) for _ in range(2)]
        assert [one.status_code for one in answers] == [201, 401]

    def test_challenge_says_nothing_about_who_exists(self, client: TestClient) -> None:
        known, unknown = _challenge(client, 2), _challenge(client, 999)
        assert known.keys() == unknown.keys()
        assert known["typed_data"].keys() == unknown["typed_data"].keys()

    def test_signed_command_opens_nothing(self, client: TestClient, birch: Person) -> None:
        challenge = _challenge(client, birch.member.id)
        prepared = birch.prepare("/v1/vouchers/withdraw", voucher="V-1.1")
        signature = birch.member.keys[MAKER].sign(bytes.fromhex(prepared["digest"][2:]))
        assert _answered(client, challenge, signature).status_code == 401

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"authorization": "Bearer "},
            {"authorization": "Bearer fbs_nothing"},
            {"authorization": "Bearer fbk_nothing"},
            {"authorization": "Basic YTpi"},
            {"authorization": "Bearer " + "x" * 5_000},
        ],
    )
    def test_without_a_secret_nobody_is_told_anything(
        self, client: TestClient, headers: dict[str, str]
    ) -> None:
        answer = client.get("/v1/vouchers", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "NotSignedIn")
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_secrets_are_nowhere_in_the_database(self, client: TestClient, world: World) -> None:
        secret = sign_in(client, world.cast.acme).json()["secret"]
        with world.service.database.reading() as connection:
            if world.service.database.dialect == "sqlite":
                path = str(connection.engine.url.database)
                kept = b"".join(Path(one).read_bytes() for one in (path, f"{path}-wal"))
            else:
                tables = METADATA.sorted_tables
                rows = [row for one in tables for row in connection.execute(select(one))]
                kept = b"|".join(_bytes(value) for row in rows for value in row)
        assert b"DepositIssued" in kept
        assert secret.encode() not in kept


class TestKeys:
    def _made(self, person: Person, *scopes: str) -> Any:
        return person.post("/v1/api-keys", {"label": "treasury", "scopes": list(scopes)}).json()

    def test_key_does_what_its_scopes_say(self, client: TestClient, birch: Person) -> None:
        made = self._made(birch, "read")
        system = {"authorization": f"Bearer {made['secret']}"}
        assert client.get("/v1/vouchers", headers=system).status_code == 200
        export = client.get("/v1/exports/vouchers", headers=system)
        assert (export.status_code, export.json()["params"]) == (403, {"scope": "export"})
        body = {"voucher": "V-1.1"}
        post = client.post("/v1/vouchers/withdraw/typed-data", json=body, headers=system)
        assert post.json()["params"] == {"scope": "prepare"}
        listed = birch.get("/v1/api-keys").json()["data"]
        assert made["id"] in {one["id"] for one in listed}
        assert all("secret" not in one for one in listed)

    def test_key_cannot_make_keys(self, client: TestClient, birch: Person) -> None:
        system = {"authorization": f"Bearer {self._made(birch, 'manage')['secret']}"}
        body = {"label": "more", "scopes": ["read"]}
        for answer in (
            client.post("/v1/api-keys", json=body, headers=system),
            client.get("/v1/api-keys", headers=system),
            client.delete("/v1/sign-in", headers=system),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "ScopeMissing")

    def test_revoked_key_is_nobody_s_at_once(self, client: TestClient, birch: Person) -> None:
        made = self._made(birch, "read")
        system = {"authorization": f"Bearer {made['secret']}"}
        assert client.get("/v1/vouchers", headers=system).status_code == 200
        gone = client.delete(f"/v1/api-keys/{made['id']}", headers=birch.headers)
        assert gone.status_code == 204
        assert client.get("/v1/vouchers", headers=system).status_code == 401

    def test_key_of_another_looks_like_none(self, birch: Person, cedar: Person) -> None:
        made = self._made(birch, "read")
        answers = [
            cedar.client.delete(f"/v1/api-keys/{one}", headers=cedar.headers)
            for one in (made["id"], "key_" + "0" * 26)
        ]
        assert [one.status_code for one in answers] == [404, 404]
        assert made["id"] not in cedar.get("/v1/api-keys").text


class TestMadeOnce:
    """What has a secret is made once under a key; its secret is told again, and kept nowhere."""

    ASKED = (
        ("/v1/api-keys", {"label": "once", "scopes": ["read"]}),
        ("/v1/webhooks", {"url": "https://example.com/once", "label": "once"}),
    )

    @pytest.mark.parametrize(("path", "body"), ASKED)
    def test_same_key_gets_the_first_answer(
        self, app: FastAPI, acme: Person, path: str, body: dict[str, Any]
    ) -> None:
        key = f"once {path}"
        first, again = (acme.post(path, body, idempotency_key=f'"{key}"') for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert "idempotent-replayed" not in first.headers
        assert again.headers["idempotent-replayed"] == "true"
        listed = [one["id"] for one in acme.get(path).json()["data"]]
        assert listed.count(first.json()["id"]) == 1
        other = acme.post(path, body | {"label": "other"}, idempotency_key=f'"{key}"')
        assert (other.status_code, other.json()["code"]) == (422, "IdempotencyKeyReused")
        with app.state.context.service.database.reading() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM first_answers").fetchall()
        assert first.json()["secret"] not in str(rows)
        unkeyed = [acme.post(path, body).json()["id"] for _ in range(2)]
        assert len({*unkeyed, first.json()["id"]}) == 3

    def test_secret_that_is_told_again_is_good(self, client: TestClient, acme: Person) -> None:
        path, body = self.ASKED[0]
        for _ in range(2):
            secret = acme.post(path, body, idempotency_key="good").json()["secret"]
            headers = {"authorization": f"Bearer {secret}"}
            assert client.get("/v1/vouchers", headers=headers).status_code == 200

    def test_another_session_is_not_told_the_secret(self, client: TestClient, acme: Person) -> None:
        path, body = self.ASKED[0]
        acme.post(path, body, idempotency_key="mine")
        secret = sign_in(client, acme.member).json()["secret"]
        headers = {"authorization": f"Bearer {secret}", "idempotency-key": "mine"}
        other = client.post(path, json=body, headers=headers)
        assert (other.status_code, other.json()["code"]) == (422, "IdempotencyKeyReused")
