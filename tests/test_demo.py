"""The demonstration: five steps, two refusals, and sums that agree to the fen."""

import json

import pytest
from typer.testing import CliRunner, Result

from ledger.cli.app import app

RUNNER = CliRunner()


def fenbook(*arguments: str) -> Result:
    return RUNNER.invoke(app, arguments, env={"LC_ALL": "C", "NO_COLOR": "1", "COLUMNS": "100"})


FACTS = {
    "en": (
        "Galaxy Heavy Industries",
        "Promise Yuantuo Castings unconditionally to pay CN¥10,000,000.00",
        "maker + checker",
        "Bank Jia verifies",
        "refused: VoucherNotHeld",
        "Wait while it is offered or pledged; one that is closed is not held again.",
        "refused: InvalidSignature",
        "Bank Jia CN¥3,052,150.00 (loan L-1 with CN¥52,150.00 interest)",
        "Yuantuo Castings CN¥6,000,000.00",
        "nothing is held by the ledger",
    ),
    "zh": (
        "星河重工",
        "向 远拓精铸 开立应付账款 ¥10,000,000.00（壹仟万元整）",
        "经办 + 复核",
        "甲银行 在链上核验",
        "被拒绝: VoucherNotHeld",
        "待签收或已质押的，请等待答复或贷款清偿；已关闭的不再恢复。",
        "甲银行 ¥3,052,150.00（贷款 L-1，含利息 ¥52,150.00）",
        "账本不持有任何资金",
    ),
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_demo_tells_the_five_steps_and_reconciles(language: str) -> None:
    shown = fenbook("demo", "--lang", language)
    assert shown.exit_code == 0, shown.stderr
    assert not [fact for fact in FACTS[language] if fact not in shown.stdout]
    assert shown.stdout.count("✓") >= 9  # seven checks and two sums
    assert "✗" in shown.stdout
    assert "\x1b[" not in shown.stdout
    assert all(f"\n{number}  " in shown.stdout for number in range(1, 6))


def test_demo_json_reconciles_to_the_fen() -> None:
    shown = fenbook("demo", "--json", "--lang", "en")
    told = json.loads(shown.stdout)
    assert told["reconciliation"]["difference"] == "0.00"
    assert told["reconciliation"]["holds"] == "0.00"
    assert told["reconciliation"]["agrees"]
    refused = [
        act["refused"]["code"] for step in told["steps"] for act in step["acts"] if act["refused"]
    ]
    assert refused == ["VoucherNotHeld", "InvalidSignature"]
    assert all(check["right"] for check in told["steps"][2]["checks"])
    for act in told["steps"][0]["acts"]:
        assert act["check_code"] == act["digest"][2:10]
