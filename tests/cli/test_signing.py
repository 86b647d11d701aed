"""What the service prepared is checked against what was asked for, before anybody signs it."""

from typing import Any, cast

import pytest

from docs.samples import sample
from ledger.chain.typed_data import typed_data
from ledger.cli.connection import Connection
from ledger.cli.screen import Lang, Screen
from ledger.cli.sessions import Session
from ledger.cli.signing import checked, domain_of, tell
from ledger.model.commands import TransferVoucher
from ledger.model.errors.client import AnswerFalse
from ledger.model.glossary import terms_of


def test_answer_of_no_form_is_refused_in_the_words_of_the_reader() -> None:
    command: Any = sample(TransferVoucher)
    session = Session("", "", 1, {command.desk: "0x" + "11" * 20}, command.participant, "")
    connection = Connection(cast("Any", None), session)
    document = typed_data(command, domain_of(connection, TransferVoucher))
    message = document["message"]
    for wrong, field, word in (
        ({"parts": [{**message["parts"][0], "amount": "much"}]}, "parts", "分项"),
        ({"unheard_of": 1}, "typed_data", "待签结构"),
    ):
        prepared = {"typed_data": {**document, "message": {**message, **wrong}}}
        with pytest.raises(AnswerFalse) as refused:
            checked(connection, prepared, TransferVoucher, {})
        assert refused.value.values["what"] == field
        assert f"：{word}不一致" in refused.value.message("zh")


@pytest.mark.parametrize(("language", "said"), [("en", "Check code"), ("zh", "校验码")])
def test_signing_screen_names_the_check_code_that_signers_compare(
    language: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It read "contracts", the word of another text that had the same key."""
    tell(Screen.of(Lang(language)), sample(TransferVoucher), bytes.fromhex("478aadb7") + bytes(28))
    [line] = [one for one in capsys.readouterr().err.splitlines() if "478aadb7" in one]
    assert line.split() == [*said.split(), "478aadb7"]


def test_text_under_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="code"):
        terms_of("code | Code | 代码\n other | Other | 其他\n code | Contracts | 合约")
