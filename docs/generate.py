"""Writes the pages that are made from the code: `errors.md` and `commands.md`.

    python -m docs.generate            write them
    python -m docs.generate --check    fail when a page is not what the code says

A test compares them too, so that neither can rot.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from docs.authority import Authority, authority_of
from docs.samples import NAMES, SIGNED_BY, sample
from ledger.chain.calls import ENTRY_POINTS
from ledger.model import errors
from ledger.model.commands import COMMANDS, Command
from ledger.model.errors import LedgerError, Wording
from ledger.model.glossary import label
from ledger.model.sentences import sentence
from ledger.model.structs import Struct, fields_of, structs_of

__all__ = ["PAGES", "main"]

HERE: Final = Path(__file__).parent

_NOTE: Final = (
    "<!-- Written by docs/generate.py from the code. Change the code, not this page. -->\n"
)

_ERROR_GROUPS: Final = {
    "authority": ("Authority", "签署与授权"),
    "administration": ("Administration", "参与方与密钥管理"),
    "vouchers": ("Vouchers", "凭证"),
    "issue": ("Issue", "开立"),
    "financing": ("Financing", "融资"),
    "payment": ("Payment", "付款"),
    "oversight": ("Oversight", "监管冻结"),
    "service": ("Service", "服务"),
    "desk": ("Financing desk", "融资询价"),
    "client": ("Command line", "命令行"),
    "door": ("HTTP door", "接口"),
    "veiled": ("HTTP door, in place of others' figures", "接口：代替涉及他方金额的拒绝码"),
    "store": ("Database", "数据库"),
    "records": ("Private records", "私密档案"),
    "webhooks": ("Webhooks", "回调通知"),
    "imports": ("Import", "导入"),
    "input": ("Input", "输入"),
}

_COMMAND_GROUPS: Final = {
    "voucher_commands": ("Issue and circulation", "开立与流转"),
    "finance_commands": ("Financing", "融资"),
    "payment_commands": ("Payment and deposits", "付款与存款"),
    "oversight_commands": ("Oversight, lines and rules", "监管、授信与规则"),
    "admin_commands": ("Administration", "参与方与密钥管理"),
}

_LEVELS: Final = {
    "One": ("any one signer", "任一签署人"),
    "Amount": ("by the amount committed in the day", "按当日累计金额"),
    "Highest": ("the highest threshold", "最高签署人数"),
}


def errors_page() -> str:
    """Every refusal: name, when, what to do next, in both languages."""
    groups = [_error_group(module, *titles) for module, titles in _ERROR_GROUPS.items()]
    return (
        "# Refusals 拒绝码\n\n" + _NOTE + "\n"
        "A refusal is an answer about one moment: it changes nothing and uses no nonce. Its name "
        "is the code that the command line, the books and the HTTP service show; it is never "
        "translated. Words in braces are the values that come with it. The kind says what sort of "
        "refusal it is. The first seven groups are the contracts' own "
        "(`contracts/types/Errors.sol`); the others are the service's.\n\n"
        "拒绝只针对当时的状态作答：不改变任何记录，也不占用指令编号。名称即代码，不翻译；花括号内为"
        "随附的数值。前七组来自合约，其余来自服务。\n\n" + "\n".join(groups)
    )


def _error_group(module: str, english: str, chinese: str) -> str:
    names = getattr(errors, module).__all__
    rows = [_error_row(getattr(errors, name)) for name in names]
    head = "| name · kind | when · 何时 | what next · 下一步 |\n|---|---|---|\n"
    return f"## {english} {chinese}\n\n{head}{''.join(rows)}"


def _error_row(error: type[LedgerError]) -> str:
    when = " ".join((error.__doc__ or "").split())
    told = [Wording((when, error.zh), error.next_steps), *error.without.values()]
    return _row(
        f"`{error.__name__}` · {error.kind}",
        "<br>".join(text for one in told for text in one.message),
        "<br>".join(text for one in told for text in one.next_steps),
    )


def commands_page() -> str:
    """Every signed command: its fields, who signs it, and the sentence that is signed."""
    groups = [_command_group(module, *titles) for module, titles in _COMMAND_GROUPS.items()]
    return (
        "# Signed commands 签署指令\n\n" + _NOTE + "\n"
        "Each is one EIP-712 struct, signed in the domain of its desk: name `Fenbook`, version "
        "`1`, the chain and the desk's address. `participant` acts; `nonce` is any number that "
        "the participant has not used; `deadline` is a second at most seven days ahead. Amounts "
        "are fen, days are days since 1970-01-01 in UTC+8, rates and shares are parts per billion, "
        "`bytes32` fields are commitments. The sentence is made from the command alone and is what "
        "a person reads before signing; a table of every signed field goes with it.\n\n"
        "*Signers* is how many of the participant's keys must approve: any one; by the amount that "
        "the participant commits in a business day; or its highest threshold. *Stopped* says "
        "whether pause, suspension and a freeze of the participant stop the act. What the act "
        "commits counts towards the day. The deposit of a frozen participant is neither withdrawn "
        "nor moved, whatever stops.\n\n"
        "每条指令是一个 EIP-712 结构，在其受理合约的域内签署。金额单位为分，日期为 UTC+8 的业务日，"
        "利率与比例以十亿分之一计，`bytes32` 字段为承诺值。"
        "`participant` 为签署方；`nonce` 为该参与方尚未使用的任一编号；`deadline` 距今至多七天。"
        "签署前向人展示的句子只由指令本身生成，并附全部签署字段的表格。\n\n"
        "签署人数分三种：任一签署人、按当日累计金额、最高签署人数。“可被暂停”指账本暂停、暂停资格或冻结时停办。"
        "指令承诺的金额计入当日累计。被冻结参与方的存款在任何情况下均不得支取或转账。\n\n"
        "Acts that anybody may ask for need no signature: `settle`, `applyUnapplied`, `lapse`, "
        "`issueFromBatch`, `completeRecovery`, `completeVersion`. "
        "以上各项任何人均可发起，无需签署。\n\n" + "\n".join(groups)
    )


def _command_group(module: str, english: str, chinese: str) -> str:
    names = [name for name, one in COMMANDS.items() if one.__module__.endswith("." + module)]
    return f"## {english} {chinese}\n\n" + "\n".join(_command(COMMANDS[name]) for name in names)


def _command(kind: type[Command]) -> str:
    name = kind.__name__
    example = sample(kind)
    what = " ".join((kind.__doc__ or "").split())
    structs = "".join(_fields(one) for one in structs_of(kind))
    return (
        f"### {name}\n\n{what}\n\n{_facts(name, kind.desk, authority_of(name))}\n"
        f"| field | type | meaning | 含义 |\n|---|---|---|---|\n{structs}\n"
        f"> {sentence(example, NAMES['en'], 'en')}\n>\n> {sentence(example, NAMES['zh'], 'zh')}\n"
    )


def _facts(name: str, desk: str, authority: Authority) -> str:
    english, chinese = SIGNED_BY[name]
    levels = _LEVELS[authority.level]
    entry = ENTRY_POINTS.get(name)
    stopped = ("yes", "是") if authority.is_stoppable else ("no", "否")
    commits = f", commits `{authority.commits}`" if authority.commits else ""
    door = f"`{desk}.{entry}`" if entry else f"`{desk}`, beside the command that takes it"
    return (
        f"- Signed by 签署方: {english} · {chinese}\n"
        f"- Signers 签署人数: {levels[0]}{commits} · {levels[1]}\n"
        f"- Stopped by pause, suspension, freeze 可被暂停: {stopped[0]} · {stopped[1]}\n"
        f"- Goes to 受理: {door}\n"
    )


def _fields(struct: type[Struct]) -> str:
    is_inner = not issubclass(struct, Command)
    rows = [_row(f"*{struct.__name__}*", "", "", "")] if is_inner else []
    rows += [
        _row(
            f"`{member.camel}`",
            f"`{member.type}`",
            label(member.name, "en"),
            label(member.name, "zh"),
        )
        for member in fields_of(struct)
    ]
    return "".join(rows)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


PAGES: Final[dict[str, Callable[[], str]]] = {
    "errors.md": errors_page,
    "commands.md": commands_page,
}
"""The pages by file name, each with what makes it."""


def main(arguments: Sequence[str]) -> int:
    """The command line; 0 done, 1 a page is stale."""
    stale = [
        name
        for name, page in PAGES.items()
        if not (HERE / name).exists() or (HERE / name).read_text("utf-8") != page()
    ]
    if "--check" in arguments:
        for name in stale:
            print(f"docs/{name} is not what the code says; run python -m docs.generate")
        return 1 if stale else 0
    for name in stale:
        (HERE / name).write_text(PAGES[name](), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
