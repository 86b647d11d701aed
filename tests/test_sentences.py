"""What people read before they sign: the whole command, in plain words, in both languages."""

import random
import re
import string
from typing import Any

import pytest

from ledger.model.commands import (
    COMMANDS,
    AdmitParticipant,
    Command,
    Part,
    RepayLoan,
    SellVoucher,
    SetHolidays,
    Signer,
    TransferVoucher,
)
from ledger.model.glossary import EXPECTED, LABELS, TERMS, Language
from ledger.model.meanings import Meaning
from ledger.model.phrases import SENTENCES
from ledger.model.sentences import _PHRASES, amount_in_words, fields, sentence
from ledger.model.structs import Field, Struct, fields_of
from tests.random_commands import random_struct

LANGUAGES: tuple[Language, Language] = ("en", "zh")
FORBIDDEN = re.compile(
    r"token|wallet|\bgas\b|\bmint|\bburn|balance|endorse|debtor|\buser|代币|钱包|余额|背书|铸造|销毁",
    re.IGNORECASE,
)
CJK = re.compile(r"[\u4e00-\u9fff]")
NAMES = {2: "江城电子有限公司", 3: "Delta Bank"}
V = 1 << 32 | 1
TRANSFER = TransferVoucher(
    participant=1,
    parts=(Part(voucher=V, amount=40_000_000, to=2, evidence=bytes(32)),),
    nonce=9,
    deadline=1_800_000_000,
)


def _leaves(struct: Struct) -> list[tuple[Struct, Field, Any]]:
    """Every signed value of a command, lists and structs opened."""
    found: list[tuple[Struct, Field, Any]] = []
    for member in fields_of(type(struct)):
        value = getattr(struct, member.name)
        for item in value if member.is_list else (value,):
            found += _leaves(item) if isinstance(item, Struct) else [(struct, member, item)]
    return found


def _visible(member: Field, value: Any) -> str:
    """What must be readable of a value, worked out apart from the code under test."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if member.meaning in (Meaning.AMOUNT, Meaning.POSITION):
        return f"¥{value // 100:,}.{value % 100:02d}"
    if member.meaning is Meaning.VOUCHER:
        return f"V-{value // 2**32}.{value % 2**32}"
    if member.meaning in (Meaning.PAYABLE, Meaning.LOAN):
        return f"-{value}"
    if member.meaning in (Meaning.RATE, Meaning.SHARE, Meaning.DAILY_RATE):
        return f"{value / 10**7:.7f}".rstrip("0").rstrip(".") + " %"
    if member.meaning is Meaning.MULTIPLIER:
        return f"{value / 10**9:.9f}".rstrip("0").rstrip(".")
    return "" if member.meaning in _WORDS else str(value)


_WORDS = {
    Meaning.DAY,
    Meaning.SECOND,
    Meaning.FLAG,
    Meaning.ROLES,
    Meaning.DUTIES,
    Meaning.DAY_SET,
    Meaning.PARTICIPANT,
}


def _random_commands(name: str, count: int = 20) -> list[Command]:
    source = random.Random(name)
    return [random_struct(COMMANDS[name], source) for _ in range(count)]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_table_shows_every_signed_value_in_order(name: str, language: Language) -> None:
    for command in _random_commands(name):
        rows = fields(command, {}, language)
        headings = sum(member.is_list for member in fields_of(type(command)))
        leaves = _leaves(command)
        assert len(rows) == len(leaves) + headings
        values = [value for _, value in rows]
        for _, member, value in leaves:
            place = next((i for i, row in enumerate(values) if _visible(member, value) in row), -1)
            assert place >= 0, (member, value, rows)
            del values[: place + 1]  # so that order counts


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_changing_any_signed_field_changes_the_table(name: str, language: Language) -> None:
    command = random_struct(COMMANDS[name], random.Random(name))
    base = {member.name: getattr(command, member.name) for member in fields_of(type(command))}
    for member in fields_of(type(command)):
        for seed in range(20):
            other = random_struct(COMMANDS[name], random.Random(f"{name}{seed}"))
            changed = COMMANDS[name](**{**base, member.name: getattr(other, member.name)})
            same = fields(changed, {}, language) == fields(command, {}, language)
            assert same == (changed == command), (member, changed, command)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_sentence_and_labels_are_plain_words_of_the_language(name: str, language: Language) -> None:
    for command in _random_commands(name):
        text = sentence(command, {}, language)
        assert "{" not in text
        assert "  " not in text
        assert "） " not in text
        assert not FORBIDDEN.search(text)
        assert bool(CJK.search(re.sub(r"\([^)]*[元角分整]\)", "", text))) == (language == "zh")
        for label, value in fields(command, {}, language):
            assert not FORBIDDEN.search(label + value)
            assert bool(CJK.search(label)) == (language == "zh")


def test_every_command_has_its_sentence_and_both_use_the_same_values() -> None:
    def places(template: str) -> set[str]:
        return {field for _, field, _, _ in string.Formatter().parse(template) if field}

    assert set(SENTENCES) == set(COMMANDS)
    used = set()
    for name, term in SENTENCES.items():
        assert places(term.en) == places(term.zh), name
        used |= places(term.en)
    assert {name.strip("{}") for name in _PHRASES} <= used


def test_transfer_reads_as_agreed() -> None:
    assert sentence(TRANSFER, NAMES, "zh") == (
        "将凭证 V-1.1 中的 ¥400,000.00（肆拾万元整）转让给 江城电子有限公司"
    )
    assert sentence(TRANSFER, {2: "Birch"}, "en") == (
        "Transfer CN¥400,000.00 (肆拾万元整) of voucher V-1.1 to Birch"
    )


def test_table_of_a_transfer() -> None:
    assert fields(TRANSFER, {1: "Acme", 2: "Birch"}, "en") == (
        ("Signed for", "Acme (1)"),
        ("Parts", "1 in all"),
        ("Part 1 · Receiver", "Birch (2)"),
        ("Part 1 · Voucher", "V-1.1"),
        ("Part 1 · Amount", "CN¥400,000.00 (肆拾万元整)"),
        ("Part 1 · Evidence commitment", "0x" + "00" * 32),
        ("Command number", "9"),
        ("Valid until", "2027-01-15 16:00:00 UTC+8"),
    )


def test_transfer_of_many_parts_says_their_sum() -> None:
    many = TransferVoucher(
        participant=1,
        parts=tuple(Part(2 + n % 3, V + n % 2, 100, bytes(32)) for n in range(7)),
        nonce=1,
        deadline=1,
    )
    assert sentence(many, {}, "en") == (
        "Transfer CN¥7.00 (柒元整) in 7 parts of 2 vouchers to 3 participants, each in the table"
    )
    assert sentence(many, {}, "zh") == (
        "从 2 张凭证中转让合计 ¥7.00（柒元整），共 7 项，接收方为 3 个参与方，逐项见表"
    )


def _sale(*, recourse: bool) -> SellVoucher:
    return SellVoucher(
        participant=1,
        buyer=3,
        voucher=V,
        start=0,
        end=100,
        amount=100,
        rate=38_500_000,
        recourse=recourse,
        obligor_share=500_000_000,
        registration=bytes(32),
        nonce=1,
        deadline=1,
    )


def test_sale_says_rate_share_and_recourse() -> None:
    assert sentence(_sale(recourse=True), NAMES, "en") == (
        "Sell CN¥1.00 (壹元整) of voucher V-1.1 to Delta Bank at 3.85 % p.a., with full recourse "
        "and consent to its price, the obligor bearing 50 % of the cost"
    )
    assert sentence(_sale(recourse=False), NAMES, "zh") == (
        "将凭证 V-1.1 中的 ¥1.00（壹元整）以年利率 3.85 % 转让（保理）给 Delta Bank，"
        "无追索权，债务人承担费用的 50 %"
    )
    assert ("Recourse", "full") in fields(_sale(recourse=True), {}, "en")
    assert ("追索权", "无追索") in fields(_sale(recourse=False), {}, "zh")


def test_holidays_are_listed_by_date() -> None:
    command = SetHolidays(
        participant=1, bank=3, first_day=20_600, holidays=1 | 1 << 255, nonce=1, deadline=1
    )
    assert ("Holidays", "2026-05-27, 2027-02-06") in fields(command, {}, "en")
    assert "2 days in all" in sentence(command, {}, "en")


def test_repayment_without_release_says_so() -> None:
    command = RepayLoan(participant=1, loan=7, principal=100, release=0, nonce=1, deadline=1)
    assert sentence(command, {}, "en").endswith("with its interest, releasing no part")
    assert "L-7" in sentence(command, {}, "zh")


def test_admission_says_roles_and_names_who_co_signs() -> None:
    command = AdmitParticipant(
        participant=1,
        cosigner=3,
        second_cosigner=0,
        roles=2,
        identity=bytes(32),
        recovery_bank=3,
        threshold_low=1,
        threshold_high=2,
        high_from=100_000_000,
        signers=(Signer(key=bytes(20), duty=3, expiry=0, certificate=bytes(32)),),
        nonce=1,
        deadline=1,
    )
    text = sentence(command, NAMES, "en")
    assert "roles supplier and 1 signer" in text
    assert "co-signed by Delta Bank, with" in text
    assert ("Signer 1 · Signs until", "never") in fields(command, NAMES, "en")
    assert ("Second co-signer", "nobody") in fields(command, NAMES, "en")


def test_amount_beyond_every_name_is_shown_in_figures() -> None:
    assert amount_in_words(10**18, "en") == "CN¥10,000,000,000,000,000.00"


def test_display_name_cannot_forge_a_sentence() -> None:
    text = sentence(TRANSFER, {2: "Birch\u202e\n; and"}, "en")
    assert "\n" not in text
    assert "\u202e" not in text


def test_glossary_has_both_languages_and_a_label_for_every_field() -> None:
    for table in (TERMS, LABELS):
        assert all(CJK.search(term.zh) and not CJK.search(term.en) for term in table.values())
    assert all(term.en and term.zh for term in EXPECTED.values())
    for command in COMMANDS.values():
        for _, member, _ in _leaves(random_struct(command, random.Random(1))):
            assert member.name in LABELS
