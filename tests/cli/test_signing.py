"""What the service prepared is checked against what was asked for, before anybody signs it."""

from typing import Any, cast

import pytest

from docs.samples import sample
from ledger.chain.typed_data import typed_data
from ledger.cli.connection import Connection
from ledger.cli.sessions import Session
from ledger.cli.signing import checked, domain_of
from ledger.model.commands import TransferVoucher
from ledger.model.errors.client import AnswerFalse


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
