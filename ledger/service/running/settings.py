"""What an installation sets, from the environment: `FENBOOK_…`, and `FENBOOK_…_FILE` for secrets.

Without any, the service runs on SQLite and on a chain in its own process, for evaluation.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from ledger.model.errors import KeyFileExposed, SettingInvalid

__all__ = ["Settings", "settings_from"]

_PREFIX: Final = "FENBOOK_"
_SECRETS: Final = ("relayer_keys", "database")
"""What may come from a file that `FENBOOK_<name>_FILE` names."""


class Settings(BaseModel):
    """The settings of a service; each is an environment variable `FENBOOK_<NAME>`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database: SecretStr = SecretStr("sqlite:///fenbook.sqlite")
    """URL of the database: `sqlite:///path` or `postgresql+pg8000://user:password@host/name`."""
    nodes: tuple[str, ...] = ()
    """Addresses of JSON-RPC nodes, separated by commas; none for the chain in this process."""
    deployment: Path | None = None
    """The manifest of the ledger on that network."""
    relayer_keys: SecretStr = SecretStr("")
    """Private keys in hexadecimal, separated by commas or lines: one lane each."""
    gas_price: int = Field(default=0, ge=0)
    """What a relayer offers for gas; 0 on a network that asks for nothing."""
    confirmations: int = Field(default=0, ge=0, le=1_000)
    """Blocks that must stand on a block before it counts; none where blocks are final at once."""
    pending_max: int = Field(default=100, ge=1, le=500)
    """Transactions of one key that may wait in a node's pool."""
    node_timeout: float = Field(default=10.0, gt=0, le=300)
    """Seconds for one answer of a node."""
    poll_milliseconds: int = Field(default=25, ge=1, le=60_000)
    """How often a node is asked for new blocks."""
    processes: int = Field(default=3, ge=1, le=3)
    """Three: door, taking in, all the rest. Two save memory, with taking in among the rest; a chain
    in process allows only one."""
    webhook_loopback: bool = False
    """Whether webhooks may name receivers on this machine, by http: for evaluation only."""

    @field_validator("nodes", mode="before")
    @classmethod
    def _separated(cls, value: Any) -> Any:
        return (
            tuple(filter(None, value.replace(",", " ").split()))
            if isinstance(value, str)
            else value
        )

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        if self.nodes and self.deployment is None:
            raise ValueError("no manifest")
        if self.nodes and self.webhook_loopback:
            raise ValueError("loopback webhooks")
        if self.nodes and not self.secrets:
            raise ValueError("no relayer key")
        if len(set(self.secrets)) != len(self.secrets):
            raise ValueError("key twice")
        return self

    @property
    def is_evaluation(self) -> bool:
        """Whether the chain is in this process, for evaluation only."""
        return not self.nodes

    @property
    def is_divided(self) -> bool:
        """Whether what is behind the door has a process of its own."""
        return self.processes > 1 and not self.is_evaluation

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The relayer keys; raises `ValueError` for what is no hexadecimal text."""
        words = self.relayer_keys.get_secret_value().replace(",", " ").split()
        try:
            return tuple(bytes.fromhex(one.removeprefix("0x")) for one in words)
        except ValueError:
            raise ValueError("no hexadecimal key") from None


def settings_from(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; of a wrong one `SettingInvalid` says what is wrong, never its value.

    Raises `KeyFileExposed` for a file of secrets that others may read.
    """
    values: dict[str, Any] = {}
    for name in Settings.model_fields:
        variable = _PREFIX + name.upper()
        if name in _SECRETS and (path := environment.get(f"{variable}_FILE")):
            values[name] = _secret(variable, Path(path))
        elif environment.get(variable):
            values[name] = environment[variable]
    try:
        return Settings(**values)
    except ValidationError as failure:
        [first, *_] = failure.errors(include_input=False, include_url=False)
        place = ".".join(str(one) for one in first["loc"])
        name = _PREFIX + place.upper() if place else "FENBOOK"
        own = first.get("ctx", {}).get("error")
        problem = f"other form: {first['msg']}" if own is None else str(own)
        raise SettingInvalid(setting=name, problem=problem) from None


def _secret(variable: str, path: Path) -> str:
    """The content of a file that only its owner may read."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if os.name == "posix" and mode & 0o077:
            raise KeyFileExposed(path=str(path), mode=f"{mode:04o}")
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as failure:
        problem = f"unreadable file: {type(failure).__name__}"
        raise SettingInvalid(setting=f"{variable}_FILE", problem=problem) from None
