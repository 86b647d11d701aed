"""A random world: rules, parties and limits of a book without steps."""

from random import Random
from typing import Any

__all__ = ["random_world"]

ISSUERS = ("星河重工", "长风电气", "天工船舶", "北辰装备")
SUPPLIERS = (
    "远拓精铸", "恒晟机加工", "嘉合热处理", "佳禾短驳", "明川紧固件",
    "瑞丰包装", "东岭模具", "海联线缆", "启航仓储", "云杉涂装",
)  # fmt: skip
BANKS = ("甲银行", "乙银行", "丙银行")


def random_world(rng: Random, title: str) -> dict[str, Any]:
    """A book with everything but steps and outcome."""
    issuers = [f"CORE{n}" for n in range(1, rng.randint(2, len(ISSUERS)) + 1)]
    suppliers = [f"S{n}" for n in range(1, rng.randint(6, len(SUPPLIERS)) + 1)]
    banks = [f"BANK{letter}" for letter in "ABC"[: rng.randint(2, len(BANKS))]]
    parties = [_party(*named, "issuer") for named in zip(issuers, ISSUERS, strict=False)]
    parties += [_party(*named, "supplier") for named in zip(suppliers, SUPPLIERS, strict=False)]
    parties += [_party(*named, "bank") for named in zip(banks, BANKS, strict=False)]
    parties[0]["roles"] += rng.choice([[], ["supplier"]])
    parties[len(issuers) + len(suppliers)]["roles"].append("settlement")
    parties += [_party("PLATFORM", "链信服务", "operator"), _party("REG", "监管节点", "regulator")]
    return {
        "name": title,
        "currency": "CNY",
        "rules": _rules(rng),
        "parties": parties,
        "limits": [
            {"bank": bank, "obligor": issuer, "amount": f"{rng.randint(1, 20) * 500_000}.00"}
            for issuer in issuers
            for bank in rng.sample(banks, rng.randint(1, len(banks)))
        ],
        "steps": [],
    }


def _party(party: str, name: str, role: str) -> dict[str, Any]:
    return {"id": party, "name": name, "roles": [role]}


def _rules(rng: Random) -> dict[str, Any]:
    return {
        "late_rate_daily": rng.choice(["0.0005", "0.0003", "0.000333", "0.001", "0"]),
        "overdue_multiplier": rng.choice(["1.5", "1.5", "1.3", "1.333333", "2", "1"]),
        "offer_days": rng.choice([3, 7, 10, 10, 10]),
        "tenor_days_max": rng.choice([60, 90, 180, 365]),
        "depth_max": rng.choice([2, 2, 3, 4, 5]),
        "day_count": "ACT/360",
    }
