"""Errors mirror Errors.sol, and each says in two languages what is wrong and what to do next."""

import ast
import pickle
import re
import string
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from ledger.model import errors
from ledger.model.causes import CAUSES
from ledger.model.code_words import CODES
from ledger.model.days import parse_day
from ledger.model.errors import (
    ERRORS,
    AmountExceedsVoucher,
    BadTerms,
    DepositShort,
    InvalidField,
    IssuerBlocked,
    Kind,
    LedgerError,
    MissingRole,
    PastMaturity,
    VoucherNotHeld,
    meanings_of,
)
from ledger.model.glossary import LABELS, Language
from ledger.model.meanings import Meaning
from ledger.model.structs import camel_case
from ledger.model.values import VALUES
from ledger.service.access import Scope
from ledger.service.financing.states import QuoteState, RequestState
from ledger.service.imports.states import ImportState
from ledger.store.tables.operations import STATES
from tests import solidity_source

DECLARED = solidity_source.errors()
LANGUAGES: tuple[Language, Language] = ("en", "zh")
FORBIDDEN = re.compile(r"token|wallet|\bgas\b|\bmint|\bburn|balance|endorse|debtor|\buser", re.I)
CJK = re.compile(r"[\u4e00-\u9fff]")
TYPES = {
    "ParticipantId": Meaning.PARTICIPANT,
    "PayableId": Meaning.PAYABLE,
    "VoucherId": Meaning.VOUCHER,
    "LoanId": Meaning.LOAN,
    "PayableState": Meaning.PAYABLE_STATE,
    "VoucherState": Meaning.VOUCHER_STATE,
    "address": Meaning.ADDRESS,
}
ALL = {
    name: getattr(errors, name)
    for name in errors.__all__
    if isinstance(getattr(errors, name), type)
    and issubclass(getattr(errors, name), LedgerError)
    and name != "LedgerError"
}

TECHNICAL = {"AnswerUnreadable", "BookInvalid", "ChainMismatch", "DatabaseFailed", "InvalidField"}
"""Refusals that quote fields, and what a machine or a library has said."""

QUOTED = {"setting", "url", "path"}
"""Values that are what somebody has written, and stay as they are."""

SAID_IN_WORDS = (Meaning.WORD, Meaning.EXPECTED, Meaning.CAUSE)


def _sample(error: type[LedgerError]) -> LedgerError:
    """One error with plausible values."""
    texts = {
        Meaning.TEXT: "text",
        Meaning.WORD: "void",
        Meaning.CAUSE: "other form",
        Meaning.INPUT: "text",
        Meaning.EXPECTED: "uint64",
    }
    data = {Meaning.COMMITMENT: bytes(range(32)), Meaning.ADDRESS: bytes(range(20))}
    data[Meaning.FIELD_NAME] = b"rate".ljust(32, b"\0")
    values = {
        name: texts.get(meaning) or data.get(meaning) or number
        for number, (name, meaning) in enumerate(meanings_of(error).items(), start=1)
    }
    return error(**values)


def _texts(error: LedgerError, language: Language) -> tuple[str, str]:
    return error.message(language), error.next_step(language)


def test_every_error_of_the_contracts_has_its_class_and_no_other() -> None:
    assert set(ERRORS) == set(DECLARED)
    assert all(name == error.__name__ for name, error in ERRORS.items())


@pytest.mark.parametrize("name", DECLARED)
def test_values_equal_the_contract_s_parameters(name: str) -> None:
    meanings = meanings_of(ERRORS[name])
    assert [camel_case(one) for one in meanings] == [parameter for _, parameter in DECLARED[name]]
    for meaning, (kind, parameter) in zip(meanings.values(), DECLARED[name], strict=True):
        assert TYPES.get(kind, meaning) == meaning, parameter
        is_data = meaning in (Meaning.COMMITMENT, Meaning.FIELD_NAME)
        assert is_data == (kind == "bytes32"), parameter


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_message_and_next_step_are_whole_sentences(name: str, language: Language) -> None:
    error = _sample(ALL[name])
    said = [error, *(type(error)(**{**error.values, one: 0}) for one in error.without)]
    for text in (one for error in said for one in _texts(error, language)):
        assert text.endswith("。" if language == "zh" else ".")
        assert bool(CJK.search(text)) == (language == "zh")
        assert "{" not in text
        assert not FORBIDDEN.search(text)
        assert "  " not in text


@pytest.mark.parametrize("name", ALL)
def test_both_messages_show_the_same_values(name: str) -> None:
    def shown(template: str) -> set[str]:
        return {field for _, field, _, _ in string.Formatter().parse(template) if field}

    error = ALL[name]
    assert shown(error.zh) == shown(error.__doc__ or "")
    assert shown(error.zh) <= set(meanings_of(error))
    for wording in error.without.values():
        assert shown(wording.message[0]) == shown(wording.message[1])
        assert shown(wording.message[0]) <= set(meanings_of(error)) - error.without.keys()
    hidden = set(meanings_of(error)) - shown(error.zh)
    assert all(meanings_of(error)[one] is Meaning.COMMITMENT for one in hidden)


@pytest.mark.parametrize("name", ALL)
def test_error_is_rebuilt_from_its_values_and_from_a_pickle(name: str) -> None:
    error = _sample(ALL[name])
    assert type(error).of(*error.values.values()).values == error.values
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert copy.values == error.values
    assert error.code == name
    assert isinstance(error.kind, Kind)


def test_amounts_dates_names_and_states_are_formatted() -> None:
    names = {3: "江城电子有限公司"}
    short = DepositShort(participant=3, asked=123_456_789, available=1)
    assert short.message("zh", names) == ("江城电子有限公司的存款为 ¥0.01，需要 ¥1,234,567.89。")
    assert str(short) == "Participant 3 has CN¥0.01 on deposit; CN¥1,234,567.89 is needed."
    assert IssuerBlocked(obligor=3, unpaid_since=20_000).message("en", {3: "Acme"}) == (
        "Acme cannot issue: a payable due on 2024-10-04 is not fully paid."
    )
    assert VoucherNotHeld(voucher=1 << 32 | 2, state=3).message() == (
        "Voucher V-1.2 is pledged, not held."
    )
    assert MissingRole(participant=3, role=5).message("en", {3: "Acme"}) == (
        "Acme lacks the role issuer, bank."
    )


def test_bad_terms_show_the_value_as_their_field_is_read() -> None:
    assert BadTerms(field=b"rate".ljust(32, b"\0"), value=360_000_001).message() == (
        "The terms cannot stand: Rate a year is 36.0000001 %."
    )
    assert BadTerms(field=b"due".ljust(32, b"\0"), value=20_000).message("zh") == (
        "条款不成立：还款日为 2024-10-04。"
    )
    odd = BadTerms(field=b"\xff\xfe".ljust(32, b"\0"), value=5).message()
    assert odd.endswith("is 5.")


def test_past_maturity_of_a_payable_about_to_be_issued_asks_for_a_later_one() -> None:
    refusal = PastMaturity(payable_id=0, maturity=parse_day("2020-03-01"), today=20_000)
    assert _texts(refusal, "en") == (
        "A payable cannot be issued with a maturity that is today or has passed: it is "
        "2020-03-01, and today is 2024-10-04.",
        "Choose a later maturity.",
    )
    assert _texts(refusal, "zh") == (
        "应付账款的到期日不能是当天或已过的日期：所填为 2020-03-01，今天是 2024-10-04。",
        "请选择更晚的到期日。",
    )
    issued = PastMaturity(payable_id=7, maturity=20_000, today=20_000)
    assert issued.message().startswith("Payable P-7 matures on 2024-10-04;")
    assert issued.next_step("zh").startswith("请等待付款")


def test_value_out_of_every_calendar_stays_a_number() -> None:
    assert str(2**256 - 1) in IssuerBlocked(obligor=1, unpaid_since=2**256 - 1).message()


def test_values_are_named_and_complete() -> None:
    error = AmountExceedsVoucher(voucher=1, asked=2, available=3)
    assert (error.voucher, error.asked, error.available) == (1, 2, 3)
    assert dict(error.values) == {"voucher": 1, "asked": 2, "available": 3}
    with pytest.raises(TypeError):
        AmountExceedsVoucher(voucher=1, asked=2)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="zip"):
        AmountExceedsVoucher.of(1, 2)


def test_chinese_keeps_a_space_beside_digits_and_latin_letters_alone() -> None:
    refusal = MissingRole(participant=2, role=1)
    told = [refusal.message("zh", names) for names in ({}, {2: "Birch"}, {2: "桦木铸造"})]
    begun = [one.partition("没有")[0] for one in told]
    assert begun == ["参与方 2 ", "Birch ", "桦木铸造"]


def test_name_cannot_disguise_a_sentence() -> None:
    text = DepositShort(participant=3, asked=1, available=1).message("en", {3: "A\u202eB\nC"})
    assert text.startswith("A\ufffdB\ufffdC has")


def test_long_input_is_shortened() -> None:
    assert len(InvalidField(field="x", value="9" * 10_000, expected="amount").message()) < 200


def _words_written_out() -> Iterator[tuple[str, str, str]]:
    """Error, value and text wherever the code puts a text of its own into a refusal."""
    for path in chain(Path("ledger").rglob("*.py"), Path("api").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                for one in call.keywords if call.func.id in ALL else ():
                    if isinstance(one.value, ast.Constant) and isinstance(one.value.value, str):
                        yield call.func.id, str(one.arg), one.value.value


def test_words_of_the_code_are_said_in_the_language_of_the_reader() -> None:
    written = [
        (error, name, text)
        for error, name, text in _words_written_out()
        if error not in TECHNICAL and name not in QUOTED
    ]
    assert ("DeskFull", "what", "requests") in written
    for error, name, _ in written:
        assert meanings_of(ALL[error])[name] in SAID_IN_WORDS, (error, name)
    states = chain(QuoteState, RequestState, ImportState, Scope, STATES)
    words = {text.partition(": ")[0] for *_, text in written} | set(map(str, states))
    known = {**LABELS, **CODES, **VALUES, **CAUSES}
    assert {one for one in words if one not in known or not CJK.search(known[one].zh)} == set()
    full = errors.DeskFull(most=5, what="requests")
    assert full.message("zh") == "同时进行中的询价不得超过 5 个。"
    expected = "uploaded, previewed or done"
    wrong = errors.ImportStateWrong(import_id="imp_1", state="failed", expected=expected)
    assert "“已失败”；仅在“已上传、已预览或已办结”时" in wrong.message("zh")
    assert wrong.message().endswith("only while it is uploaded, previewed or done.")
    odd = errors.BodyUnreadable(problem="a character that is none")
    assert odd.message().endswith(": half a character, or the character zero.")
    off = errors.QuoteOffRequest(field="start")
    assert off.message() == "The quote and the request differ in: start."
    assert off.message("zh") == "报价与询价不一致：区间起点。"
    off = errors.QuoteOffRequest(field="recourse")  # an act has the same name
    assert off.message("zh") == "报价与询价不一致：追索权。"


def test_causes_are_told_in_the_language_of_the_reader_and_a_machine_s_words_as_they_are() -> None:
    written = "".join(
        path.read_text("utf-8") for part in ("ledger", "api") for path in Path(part).rglob("*.py")
    )
    for key, said in CAUSES.items():
        assert re.search(f'"{re.escape(key)}(: {{|")', written), key
        assert CJK.search(said.zh)
        assert not CJK.search(said.en)
    off = errors.NodeFailed(url="http://node", problem="no block yet: 12")
    assert off.message().endswith(": it has not come to this block: 12.")
    assert off.message("zh").endswith("：尚未到达此区块：12。")
    for said in ("nonce too low: next nonce 5, tx nonce 3", "no such method", ": "):
        failed = errors.NodeFailed(url="http://node", problem=said)
        assert failed.message("zh").endswith(f"：{said}。")
