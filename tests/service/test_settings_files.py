"""Settings in files: what differs between places, and never a secret."""

from pathlib import Path

import pytest

from api.options import Rate
from api.serving import options_from
from ledger.model.errors import SettingInvalid
from ledger.service.running.settings import Settings
from ledger.service.running.settings_files import variables_in

ROOT = Path(__file__).parents[2]


def _file(folder: Path, text: str) -> Path:
    path = folder / "place.toml"
    path.write_text(text, "utf-8")
    return path


def test_each_setting_becomes_its_variable(tmp_path: Path) -> None:
    text = """
        [fenbook]
        nodes = ["http://one", "http://two"]
        confirmations = 2
        webhook_loopback = true
        [fenbook.door]
        service = "ledger.example"
        per_key = "100/1"
    """
    assert variables_in(_file(tmp_path, text)) == {
        "FENBOOK_NODES": "http://one,http://two",
        "FENBOOK_CONFIRMATIONS": "2",
        "FENBOOK_WEBHOOK_LOOPBACK": "true",
        "FENBOOK_DOOR_SERVICE": "ledger.example",
        "FENBOOK_DOOR_PER_KEY": "100/1",
    }


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "",
        "[other]\na = 1",
        "[fenbook]\na = 1\n[more]\nb = 2",
        'fenbook = "x"',
        '[fenbook]\nrelayer_keys = "0xab"',
        '[fenbook]\nrecords_key = "ab"',
        '[fenbook]\ndatabase = "postgresql+pg8000://user:s3cret@host/name"',
    ],
)
def test_file_that_cannot_stand_is_refused_without_its_values(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        variables_in(_file(tmp_path, text))
    assert "s3cret" not in str(caught.value)


def test_door_takes_its_own_settings_and_no_others() -> None:
    options = options_from(
        {
            "FENBOOK_DOOR_SERVICE": "ledger.example",
            "FENBOOK_DOOR_PER_KEY": "100/1",
            "FENBOOK_DOOR_METRICS_NETWORKS": "10.0.0.0/8, 127.0.0.0/8",
            "FENBOOK_DATABASE": "sqlite:///x",
        }
    )
    assert (options.service, options.per_key) == ("ledger.example", Rate(100, 1))
    assert options.metrics_networks == ("10.0.0.0/8", "127.0.0.0/8")
    for name, value in (("PER_KEY", "100"), ("BODY_BYTES", "x"), ("NO", "1")):
        with pytest.raises(SettingInvalid, match=f"FENBOOK_DOOR_{name}"):
            options_from({f"FENBOOK_DOOR_{name}": value})


@pytest.mark.parametrize(
    "path", sorted((ROOT / "deploy" / "env").glob("*.toml")), ids=lambda one: one.stem
)
def test_files_that_ship_name_settings_that_exist(path: Path) -> None:
    variables = variables_in(path)
    options_from(variables)
    files = {"RELAYER_KEYS_FILE", "DATABASE_FILE", "RECORDS_KEY_FILE", "HOST", "PORT", "LOG"}
    known = {name.upper() for name in Settings.model_fields} | files
    for variable in variables:
        name = variable.removeprefix("FENBOOK_")
        assert name in known or name.startswith("DOOR_"), variable
