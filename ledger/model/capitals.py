"""Amounts in the capital figures of Chinese banking (大写), which are hard to alter.

The rule is 支付结算办法, 附一 正确填写票据和结算凭证的基本规定. Where it leaves a choice, the form
that resists alteration is written: 零 after 元 when the yuan place is 0 and jiao follow
(¥107,000.53 is 壹拾万柒仟元零伍角叁分), and 零 for a group of four places that are all 0
(¥100,001,000.00 is 壹亿零壹仟元整, so that nobody makes 壹亿壹仟万元 of it). 整 follows 元 only.
"""

from typing import Final

from ledger.model.errors.input import InvalidField

__all__ = ["CAPITALS_MAX", "capitals"]

CAPITALS_MAX: Final = 10**18 - 1
"""The largest amount with a name, in fen: far above the largest face of a payable."""

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("仟", "佰", "拾", "")


def capitals(fen: int) -> str:
    """The amount in capital figures: 123456789 is 壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分."""
    if type(fen) is not int or not 0 <= fen <= CAPITALS_MAX:
        raise InvalidField(field="amount", value=fen, expected="fen")
    yuan, rest = divmod(fen, 100)
    tail = _small_change(rest, yuan)
    if yuan == 0 and tail:
        return tail
    return f"{_whole(yuan)}元{tail or '整'}"


def _small_change(rest: int, yuan: int) -> str:
    """Jiao and fen, after 元 with the 零 that the rule wants there."""
    jiao, fen = divmod(rest, 10)
    text = ""
    if yuan and ((jiao and yuan % 10 == 0) or (fen and not jiao)):
        text = "零"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    if fen:
        text += f"{_DIGITS[fen]}分"
    return text


def _whole(yuan: int) -> str:
    """Whole yuan in groups of four places: 万亿, 亿, 万 and the last without a name."""
    if yuan == 0:
        return "零"
    text, previous = "", 0
    for power, name in ((12, "万"), (8, "亿"), (4, "万"), (0, "")):
        group = yuan // 10**power % 10_000
        if group:
            if text and (group < 1_000 or previous == 0):
                text += "零"
            text += _group(group) + name
        elif power == 8 and text:
            text += name  # 壹万亿: the group before belongs to it
        previous = group
    return text


def _group(number: int) -> str:
    """One to four places with one 零 for each gap between them."""
    text, gap = "", False
    for digit, place in zip(f"{number:04d}", _PLACES, strict=True):
        if digit == "0":
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[int(digit)] + place
        gap = False
    return text
