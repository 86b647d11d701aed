"""Words of the service that come as values with its refusals, in English and Chinese."""

from typing import Final

from ledger.model.code_words import CODES
from ledger.model.glossary import LABELS, Language, terms_of

__all__ = ["VALUES", "value_text"]


def value_text(key: str, language: Language) -> str:
    """A word or a list of them by their keys; where there is none, the key as it is."""
    if key in VALUES:
        return VALUES[key].text(language)
    for between, chinese in ((" or ", "或"), (", ", "、")):
        if between in key:
            words = [value_text(part, language) for part in key.split(between)]
            return (chinese if language == "zh" else between).join(words)
    return _one(key, language)


VALUES: Final = terms_of(
    """
    requests | requests | 询价
    quotes | quotes | 报价
    rows | rows | 行
    columns | columns | 列

    kind | kind | 报价种类
    taker | party quoted to | 报价对象
    message | message | 指令内容
    challenge | challenge | 登录挑战码
    command | command | 指令
    EIP-712 document | EIP-712 document | EIP-712 结构
    typed_data | typed data | 待签结构
    primaryType | kind of command | 指令种类
    digest | digest | 摘要

    USCC | USCC | 统一社会信用代码
    LEI | LEI | 法人识别编码（LEI）
    name_zh | Chinese name | 中文名称
    name_en | English name | 英文名称
    uscc | unified social credit code | 统一社会信用代码
    lei | legal entity identifier | 法人识别编码（LEI）
    group | group | 所属集团
    contacts | contacts | 联系人
    accounts | bank accounts | 收款账户

    session | session | 登录会话
    read | read | 读取（read）
    export | export | 导出（export）
    prepare | prepare | 准备（prepare）
    submit | submit | 提交（submit）
    manage | manage | 管理（manage）

    control characters in the address | control characters in the address | 地址中含有控制字符
    a name twice in the address | a name twice in the address | 地址中有重复的名称
    body | its body breaks off or has another form | 请求体中断或格式有误
    Content-Length | Content-Length is wrong | 请求头 Content-Length 有误
    not UTF-8 | not UTF-8 | 不是 UTF-8 编码
    not JSON | not JSON | 不是 JSON
    a name twice in one object | a name twice in one object | 同一对象中有重复的名称
    a number that is not whole | a number that is not whole | 有不是整数的数字
    NaN or Infinity | NaN or Infinity | 含有 NaN 或 Infinity
    a number of too many digits | a number of too many digits | 数字位数过多
    a character that is none | half a character, or the character zero | 含有残缺字符或零字符
    """
)
"""By what a refusal carries; fields of commands have their labels."""


def _one(key: str, language: Language) -> str:
    """A field keeps its English name: a label would begin large. A state is told as in a list."""
    if key in VALUES:
        return VALUES[key].text(language)
    if key in LABELS:
        return LABELS[key].zh if language == "zh" else key
    return CODES[key].text(language) if key in CODES else key
