"""`fenbook sign-in`: a session, begun with a signer's key or with an API key of its system."""
# ruff: noqa: PLC0415 -- keys and HTTP are imported by the commands that need them

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

import typer
from rich.text import Text

from ledger.cli.connection import SessionOption, connected, refusing
from ledger.cli.keys import PasswordOption
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.passwords import password_of, secret_in
from ledger.cli.pins import Pin, Pins
from ledger.cli.screen import DIFFERENT, Screen
from ledger.cli.sessions import NEAR, Session, session_path
from ledger.model.errors.client import (
    AnswerFalse,
    AnswerUnreadable,
    LedgerChanged,
    ServiceNameForeign,
    ServiceUnreachable,
    SessionMissing,
)

if TYPE_CHECKING:
    from ledger.cli.client import Client

__all__ = ["sign_in", "sign_out"]

_OF_SESSION: Final = "fbs_"
"""What the secrets of sessions begin with; those of API keys do not."""
_UNKNOWN: Final = 401
_WORD: Final = re.compile(r"[a-z][a-z0-9-]{0,62}")

ServerOption = Annotated[
    str,
    typer.Option("--server", envvar="FENBOOK_SERVER", metavar="URL", help="The service 服务地址."),
]
ParticipantOption = Annotated[
    int, typer.Option("--participant", min=1, help="Your organisation's number 参与方编号.")
]
SignerOption = Annotated[
    int, typer.Option("--signer", min=0, max=254, help="The signer's number 签署人编号.")
]
KeyOption = Annotated[
    Path | None,
    typer.Option(
        "--key", metavar="FILE", help="The signer's key file 签署人密钥文件.", show_default=False
    ),
]
ApiKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--api-key-file",
        metavar="FILE",
        help="A file with an API key, readable by its owner alone, instead of a signer's key "
        "或以接口密钥文件代替.",
        show_default=False,
        dir_okay=False,
    ),
]
DeploymentOption = Annotated[
    Path | None,
    typer.Option(
        "--deployment",
        metavar="FILE",
        help="The ledger's manifest: its contracts are trusted rather than the service's word "
        "部署清单，以其合约地址为准.",
        show_default=False,
        dir_okay=False,
    ),
]

ServiceOption = Annotated[
    str,
    typer.Option(
        "--service",
        metavar="NAME",
        help="The name under which the service signs people in, where that is not its host "
        "服务的登录名称，与主机名不同时填写.",
        show_default=False,
    ),
]


def sign_in(
    ctx: typer.Context,
    server: ServerOption,
    participant: ParticipantOption,
    signer: SignerOption = 0,
    key: KeyOption = None,
    password_file: PasswordOption = None,
    api_key_file: ApiKeyOption = None,
    deployment: DeploymentOption = None,
    service: ServiceOption = "",
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Begin a session; it is kept in a file that only you can read 登录."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    if (key is None) == (api_key_file is None):
        screen.fail(screen.say("one_of_keys"))
    path = session or session_path(os.environ)
    with refusing(screen), _asking(server, screen) as client:
        pins = Pins.beside(os.environ)
        earlier = pins.name_of(client.server)
        known = _known(client, path, pins, deployment)
        if api_key_file is not None:
            secret = secret_in(api_key_file)
        else:
            assert key is not None
            _expect_name(known, service or earlier)
            screen.err.print(Text(screen.say("signing_in", service=known.service, url=server)))
            secret = _begun(screen, client, known, (participant, signer), (key, password_file))
        made = replace(known, participant=participant, secret=secret)
        made.save(path)
        signed = _pin_of(made) if key is not None else replace(_pin_of(made), service=earlier)
        pins.keep(made.server, signed)
    told = {
        "participant": participant,
        "server": made.server,
        "service": made.service,
        "chain_id": made.chain_id,
    }
    if is_json:
        screen.print_json({**told, "session": str(path)})
    else:
        screen.out.print(screen.say("signed_in", **told, path=path))


def sign_out(
    ctx: typer.Context,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
) -> None:
    """End the session and forget it; which ledger it was is remembered 退出."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    path = session or session_path(os.environ)
    with connected(screen, path) as connection:
        if not connection.session.secret.startswith(_OF_SESSION):
            path.unlink()
            screen.err.print(screen.say("key_stays"))
            return
        is_told = _ended(connection.client)
        path.unlink()
        if not is_told:
            screen.fail(screen.say("session_stays"), screen.say("end_session"), status=DIFFERENT)
    screen.err.print(screen.say("signed_out"))


# ---- private


@contextmanager
def _asking(server: str, screen: Screen) -> Iterator["Client"]:
    """A client that is nobody yet."""
    from ledger.cli.client import Client

    client = Client(server, language=screen.language)
    try:
        yield client
    finally:
        client.close()


def _ended(client: "Client") -> bool:
    """Whether the session is over at the service, by this or before."""
    from ledger.cli.client import Refused

    try:
        client.delete("/v1/sign-in")
    except Refused as refused:
        return refused.problem.get("status") == _UNKNOWN
    except (ServiceUnreachable, AnswerUnreadable):
        return False
    return True


def _known(client: "Client", path: Path, pins: Pins, deployment: Path | None) -> Session:
    """Which ledger this is: by its manifest, by an earlier sign-in, or by the service's word.

    Raises `LedgerChanged` where the service now says another one than at an earlier sign-in.
    """
    about = client.get("/v1/about")
    contracts = {str(name): str(one).lower() for name, one in about["contracts"].items()}
    said = Session(client.server, str(about["service"]), int(about["chain_id"]), contracts, 0, "")
    if deployment is not None:
        from ledger.chain.deployment import Deployment

        manifest = Deployment.load(deployment)
        addresses = {name: one.lower() for name, one in manifest.addresses.items()}
        trusted = [Pin(said.service, manifest.chain_id, addresses)]
    else:
        trusted = _earlier(client.server, path, pins)
    if not all(one.is_same_ledger(_pin_of(said)) for one in trusted):
        raise LedgerChanged(url=client.server)
    return said


def _earlier(server: str, path: Path, pins: Pins) -> list[Pin]:
    """The ledger of earlier sign-ins at a service, as it is remembered and as a session has it."""
    found = [pins.find(server)]
    with suppress(SessionMissing):
        session = Session.load(path)
        found.append(_pin_of(session) if session.server == server else None)
    return [one for one in found if one is not None]


def _pin_of(session: Session) -> Pin:
    return Pin(session.service, session.chain_id, session.contracts)


def _expect_name(known: Session, expected: str) -> None:
    """That the name which is signed is the service's own; raises `ServiceNameForeign`.

    A service that says another's name, and passes on its challenge, would get a signature that
    holds there. So it is the name that is expected, by whoever signs in or by an earlier sign-in;
    else the host that was typed, or on this machine a word that can be no host of the network.
    """
    address = urlsplit(known.server)
    allowed = {expected} if expected else {address.hostname, address.netloc}
    is_word = address.hostname in NEAR and _WORD.fullmatch(known.service)
    if known.service not in allowed and not (is_word and not expected):
        raise ServiceNameForeign(service=known.service, url=known.server)


def _begun(
    screen: Screen,
    client: "Client",
    known: Session,
    who: tuple[int, int],
    key_file: tuple[Path, Path | None],
) -> str:
    """The secret of a session on a challenge that a signer has signed."""
    from ledger.chain.keys import AccountKey
    from ledger.chain.sign_in import SignIn

    participant, signer = who
    asked = {"participant": participant, "signer": signer}
    challenge = client.post("/v1/sign-in/challenge", asked)
    try:
        message = challenge["typed_data"]["message"]
        made = SignIn(
            known.chain_id,
            known.service,
            participant,
            signer,
            bytes.fromhex(message["challenge"][2:]),
            int(message["endsAt"]),
        )
    except (KeyError, TypeError, ValueError):
        raise AnswerFalse(what="challenge") from None
    is_own = challenge["typed_data"] == made.document()
    if not is_own or challenge["digest"] != "0x" + made.digest.hex():
        raise AnswerFalse(what="challenge")
    path, password_file = key_file
    signature = AccountKey.load(path, password_of(screen, path, password_file)).sign(made.digest)
    answered = {**asked, "challenge": message["challenge"], "signature": "0x" + signature.hex()}
    return str(client.post("/v1/sign-in", answered)["secret"])
