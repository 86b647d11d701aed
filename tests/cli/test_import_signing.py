"""What an import's signer is shown and what is compared before anything is signed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.cli.client import Client
from ledger.model.states import Duty
from tests.cli.conftest import Shell
from tests.cli.test_files_and_hooks import _file, _row

BOTH = (Duty.MAKER, Duty.CHECKER)
"""What others have signed on this day may leave the maker alone nothing."""


class _Liar(Client):
    """A service that shows other rows than those under the root that it has signed."""

    lie: Any = None

    def get(self, path: str, **query: Any) -> Any:
        answer = super().get(path, **query)
        if path.endswith("/rows"):
            answer["data"] = self.lie(answer["data"])
        return answer


def _other(field: str, value: object) -> Callable[[list[Any]], list[Any]]:
    return lambda rows: [{**rows[0], field: value}, *rows[1:]]


def _swapped(rows: list[Any]) -> list[Any]:
    """The same count and sum, and other payables."""
    first, second = rows
    names = ("amount", "invoices")
    return [
        {**first, **{name: second[name] for name in names}},
        {**second, **{name: first[name] for name in names}},
    ]


class _Deaf(Client):
    """A service that prepares a command on terms of its own, each consistent in itself."""

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        if path.endswith("/typed-data"):
            body = {"choice": body["choice"]}
        return super().post(path, body, **more)


def uploaded(core: Shell, folder: Path, *rows: list[object]) -> str:
    made = core.done("import", "upload", _file(folder, *(rows or (_row(), _row()))))
    assert (made["valid"], made["errors"]) == (len(rows) or 2, 0)
    return str(made["id"])


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--nonce", "987654321", "nonce"), ("--deadline", "2027-01-05T01:00:00Z", "deadline")],
)
def test_terms_of_its_signer_are_compared_with_what_came_back(
    core: Shell,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    value: str,
    said: str,
) -> None:
    id_ = uploaded(core, tmp_path)
    monkeypatch.setattr("ledger.cli.client.Client", _Deaf)
    result = core.run("import", "sign", id_, option, value, *core.signing())
    assert (result.exit_code, "asks to sign something else" in result.stderr) == (1, True)
    assert said in result.stderr
    monkeypatch.undo()
    assert core.done("import", "show", id_)["state"] == "awaiting_signatures"


def test_summary_by_supplier_is_shown_before_anything_is_signed(
    core: Shell, tmp_path: Path
) -> None:
    rows = [_row(金额="1200.50"), _row(金额="99.50", 到期日="2027/02/26"), _row(供应商="3")]
    id_ = uploaded(core, tmp_path, *rows)
    chinese = core.run("import", "sign", id_, "--lang", "zh")
    assert "供应商" in chinese.stderr
    result = core.run("import", "sign", id_, *core.signing())
    lines = [line.split() for line in result.stderr.splitlines()]
    [birch] = [line for line in lines if "[2]" in line]
    assert birch[-6:] == ["2", "1,300.00", "2027-02-26", "–", "2027-03-31", "5"]
    [other] = [line for line in lines if "[3]" in line]
    assert other[-4:] == ["1", "1,200.50", "2027-03-31", "5"]


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (_other("supplier", 3), "root"),
        (_other("settlement_bank", 4), "root"),
        (_other("maturity", "2027-02-26"), "root"),
        (_other("invoices", []), "root"),
        (_other("evidence_commitment", "0x" + "11" * 32), "root"),
        (_other("amount", "1200.51"), "total"),
        (_other("state", None), "count"),
        (_other("amount", None), "root"),
        (_swapped, "root"),
        (lambda rows: rows[::-1], "root"),
        (lambda rows: rows[:1], "count"),
    ],
)
def test_rows_that_are_not_under_the_root_are_not_signed(
    core: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: Any, said: str
) -> None:
    id_ = uploaded(core, tmp_path, _row(), _row(金额="77.00"))
    monkeypatch.setattr("ledger.cli.client.Client", _Liar)
    monkeypatch.setattr(_Liar, "lie", staticmethod(lie))
    result = core.run("import", "sign", id_, *core.signing())
    assert (result.exit_code, "asks to sign something else" in result.stderr) == (1, True)
    assert f"its {said} differs" in result.stderr
    monkeypatch.undo()
    assert core.done("import", "show", id_)["state"] == "awaiting_signatures"


def test_number_that_its_signer_chose_is_signed(core: Shell, tmp_path: Path) -> None:
    id_ = uploaded(core, tmp_path)
    result = core.run("import", "sign", id_, "--nonce", "987654321", *core.signing(*BOTH))
    assert result.exit_code == 0, result.stderr
    assert core.done("import", "wait", id_, "--seconds", 60)["state"] == "done"


def test_terms_for_an_import_that_is_ready_are_those_it_has(core: Shell, tmp_path: Path) -> None:
    id_ = uploaded(core, tmp_path)
    result = core.run("import", "sign", id_, "--nonce", "987654322", text="n\n")
    assert result.exit_code == 2  # no key is named, and it is ready by now
    result = core.run("import", "sign", id_, "--nonce", "987654323", *core.signing())
    assert (result.exit_code, "ready already" in result.stderr) == (1, True)
    assert f"fenbook import reopen {id_}" in result.stderr
    done = core.run("import", "sign", id_, "--nonce", "987654322", *core.signing(*BOTH))
    assert done.exit_code == 0, done.stderr
    assert core.done("import", "wait", id_, "--seconds", 60)["state"] == "done"


@pytest.mark.parametrize("option", ["--out", "--reference"])
def test_options_that_an_import_has_no_use_for_are_refused(
    core: Shell, tmp_path: Path, option: str
) -> None:
    id_, out = uploaded(core, tmp_path), tmp_path / "command.json"
    result = core.run("import", "sign", id_, option, out, *core.signing())
    assert (result.exit_code, f"{option} is not for an import" in result.stderr) == (2, True)
    assert "fenbook import sign" in result.stderr
    assert not out.exists()
