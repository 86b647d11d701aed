"""A service as `fenbook serve` runs it, on a chain in this process, and people at their shells."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from typer.testing import Result

from api.app import create_app
from api.options import Options, Rate
from ledger.cli.app import app
from ledger.model.states import Duty
from ledger.service.running.cast import CAST, evaluation_key
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings
from tests.cli.runner import Runner
from tests.databases import database_url

MANY = Rate(1_000_000, 60)
OPTIONS = Options(
    per_address=MANY, per_session=MANY, sign_in=MANY, sign_in_address=MANY, export=MANY
)
RUNNER = Runner()
NUMBERS = {name: number for number, name in enumerate(CAST, 1)}
PASSWORD = "correct horse"


@dataclass(slots=True)
class Shell:
    """Somebody at a shell: a home, key files, a session."""

    name: str
    server: str
    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.password.write_text(PASSWORD + "\n", "utf-8")
        self.password.chmod(0o600)
        for duty in Duty:
            key = evaluation_key(self.name, duty)
            key.save(self.key(duty), PASSWORD, work=2)
        self.environment = {
            "LC_ALL": "C",
            "NO_COLOR": "1",
            "COLUMNS": "160",
            "XDG_STATE_HOME": str(self.home),
            "FENBOOK_SERVER": self.server,
        }

    @property
    def password(self) -> Path:
        return self.home / "password"

    def key(self, duty: Duty) -> Path:
        return self.home / f"{duty.name.lower()}.json"

    def run(self, *words: object, text: str | None = None, **more: str) -> Result:
        """Run a command and see what comes of it."""
        environment = {**self.environment, **more}
        return RUNNER.invoke(app, [str(one) for one in words], env=environment, input=text)

    def done(self, *words: object) -> Any:
        """The JSON of a command that must succeed."""
        result = self.run(*words, "--json")
        assert result.exit_code == 0, result.stderr or result.output
        return json.loads(result.stdout)

    def signing(self, *duties: Duty) -> list[object]:
        """The options that sign as maker, or as those named."""
        options: list[object] = ["--yes"]
        for duty in duties or (Duty.MAKER,):
            options += ["--key", self.key(duty), "--password-file", self.password]
        return options

    def signed(self, *words: object, duties: tuple[Duty, ...] = (Duty.MAKER,)) -> Any:
        """The operation of a verb that takes effect."""
        made = self.done(*words, *self.signing(*duties))
        assert made["state"] == "done", made
        return made

    def sign_in(self) -> "Shell":
        who = ["--participant", NUMBERS[self.name], "--signer", 0]
        key = ["--key", self.key(Duty.MAKER), "--password-file", self.password]
        result = self.run("sign-in", *who, *key)
        assert result.exit_code == 0, result.stderr
        return self


@dataclass(slots=True)
class Served:
    """A running service and where it answers."""

    service: Service
    url: str
    database: str


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with database_url("sqlite", tmp_path_factory.mktemp("served")) as url:
        service = Service.open(Settings(database=url))
        service.start()
        config = uvicorn.Config(create_app(service, OPTIONS), port=0, log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        limit = time.monotonic() + 20
        while not server.started and time.monotonic() < limit:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield Served(service, f"http://127.0.0.1:{port}", url)
        finally:
            server.should_exit = True
            thread.join(20)
            service.stop()


@pytest.fixture(scope="session")
def shells(served: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shell]:
    """Everybody of the cast, signed in."""
    folder = tmp_path_factory.mktemp("homes")
    return {name: Shell(name, served.url, folder / name).sign_in() for name in CAST}


@pytest.fixture(scope="session")
def core(shells: dict[str, Shell]) -> Shell:
    return shells["core"]


@pytest.fixture(scope="session")
def a(shells: dict[str, Shell]) -> Shell:
    return shells["a"]


@pytest.fixture(scope="session")
def b(shells: dict[str, Shell]) -> Shell:
    return shells["b"]


@pytest.fixture(scope="session")
def bank(shells: dict[str, Shell]) -> Shell:
    return shells["bank"]
