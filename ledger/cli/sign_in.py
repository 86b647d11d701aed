"""`fenbook sign-in`: a session, begun with a signer's key or with an API key of its system."""
# ruff: noqa: PLC0415 -- keys and HTTP are imported by the commands that need them

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ledger.cli.connection import SessionOption, connected, refusing
from ledger.cli.keys import PasswordOption
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.passwords import password_of, secret_in
from ledger.cli.screen import Screen
from ledger.cli.sessions import Session, session_path
from ledger.model.errors.client import AnswerFalse, LedgerChanged, SessionMissing

if TYPE_CHECKING:
    from ledger.cli.client import Client

__all__ = ["sign_in", "sign_out"]

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


def sign_in(
    ctx: typer.Context,
    server: ServerOption,
    participant: ParticipantOption,
    signer: SignerOption = 0,
    key: KeyOption = None,
    password_file: PasswordOption = None,
    api_key_file: ApiKeyOption = None,
    deployment: DeploymentOption = None,
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
        known = _known(client, path, deployment)
        if api_key_file is not None:
            secret = secret_in(api_key_file)
        else:
            assert key is not None
            secret = _begun(screen, client, known, (participant, signer), (key, password_file))
        made = replace(known, participant=participant, secret=secret)
        made.save(path)
    told = {"participant": participant, "server": made.server, "chain_id": made.chain_id}
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
    """End the session and forget it 退出."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    path = session or session_path(os.environ)
    with connected(screen, path) as connection:
        path.unlink()
        connection.client.delete("/v1/sign-in")
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


def _known(client: "Client", path: Path, deployment: Path | None) -> Session:
    """Which ledger this is: by its manifest, by an earlier session, or by the service's word.

    Raises `LedgerChanged` where the service now says another one than at an earlier sign-in.
    """
    about = client.get("/v1/about")
    contracts = {str(name): str(one).lower() for name, one in about["contracts"].items()}
    said = Session(client.server, str(about["service"]), int(about["chain_id"]), contracts, 0, "")
    if deployment is not None:
        from ledger.chain.deployment import Deployment

        manifest = Deployment.load(deployment)
        trusted: Any = {name: one.lower() for name, one in manifest.addresses.items()}
        trusted_chain = manifest.chain_id
    else:
        try:
            earlier = Session.load(path)
        except SessionMissing:
            return said
        if earlier.server != client.server:
            return said
        trusted, trusted_chain = earlier.contracts, earlier.chain_id
    if said.chain_id != trusted_chain or any(
        contracts.get(name) != one for name, one in trusted.items()
    ):
        raise LedgerChanged(url=client.server)
    return said


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
