"""Settings in a file: what differs between places, and no secret.

    [fenbook]
    nodes = ["https://node-1.example", "https://node-2.example"]
    deployment = "/etc/fenbook/deployment.json"
    relayer_keys_file = "/run/secrets/relayer_keys"

    [fenbook.door]
    service = "ledger.example"

Each becomes the environment's variable of its name, `FENBOOK_NODES` and `FENBOOK_DOOR_SERVICE`; one
that is set already stays as it is. A secret stands in a file of its own, which the settings name.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ledger.model.errors import SettingInvalid

__all__ = ["variables_in"]

_PREFIX: Final = "FENBOOK"
_SECRETS: Final = ("relayer_keys", "records_key", "records_key_previous")


def variables_in(path: Path) -> dict[str, str]:
    """The environment's variables that a file of settings stands for.

    Raises `SettingInvalid` for what is no such file or holds a secret, `OSError` without one.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise SettingInvalid(setting=path.name, problem=f"no TOML: {failure}") from None
    if data.keys() != {"fenbook"} or not isinstance(data["fenbook"], dict):
        raise SettingInvalid(setting=path.name, problem="no fenbook table")
    return dict(_flat(_PREFIX, data["fenbook"]))


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        variable = f"{prefix}_{name.upper()}"
        if name in _SECRETS or (name == "database" and "@" in str(value)):
            problem = f"secret in settings: {name}_file"
            raise SettingInvalid(setting=variable, problem=problem)
        if isinstance(value, dict):
            yield from _flat(variable, value)
        elif isinstance(value, list):
            yield variable, ",".join(map(str, value))
        elif isinstance(value, bool):
            yield variable, "true" if value else "false"
        else:
            yield variable, str(value)
