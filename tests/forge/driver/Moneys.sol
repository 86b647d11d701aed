// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Act} from "../Act.sol";
import {Book} from "../oracle/Book.sol";
import {Finder} from "../oracle/Finder.sol";
import {Trades} from "./Trades.sol";

/// @notice Acts of payment, settlement, payouts and deposits.
abstract contract Moneys is Trades {
    struct Fact {
        bytes32 word;
        uint256 bank;
        uint256 subject;
        uint256 amount;
        uint256 day;
    }

    /// @dev Told facts, to tell them again or under another name.
    Fact[] private _facts;

    // ---- payment

    function makePay(Act memory act) internal {
        act.payableId = matureOr(92);
        Finder.Brief memory record = payableRecord(act.payableId);
        act.amount = paymentOf(act.payableId, record.face);
        act.head = headOf(mostly(record.obligor), act.amount, BY_AMOUNT);
    }

    function matureOr(uint256 percent) private returns (uint256 id) {
        if (chance(percent)) {
            id = oracle.findPayable(Book.PState.Live, true, roll() >> 8);
            if (id == 0) passOn();
        }
        if (id == 0) id = anyPayable();
    }

    /// @dev The debt, a fen more, a hundredth of the face, a fen less.
    function paymentOf(uint256 payableId, uint256 face) private returns (uint256) {
        uint256 debt = oracle.debtOf(payableId);
        uint256 least = (face + 99) / 100;
        uint256 kind = roll(40);
        if (kind == 0) return 0;
        if (kind == 1) return debt + 1;
        if (kind == 2) return least == 0 ? 0 : least - 1;
        if (kind < 6) return least;
        if (kind < 16) return debt;
        return debt > least ? between(least, debt) : debt;
    }

    function makeAttest(Act memory act) internal {
        act.payableId = matureOr(85);
        Finder.Brief memory record = payableRecord(act.payableId);
        act.amount = paymentOf(act.payableId, record.face);
        if (chance(6)) act.amount += roll(100);
        if (chance(1)) act.amount = 2 ** 56 - roll(3);
        act.day = nowDay() + 1 - roll(9);
        tell(act, mostly(record.bank), act.payableId);
        act.head = headOf(act.bank, 0, HIGHEST);
    }

    /// @dev A new reference mostly; else none, or one that stands for a fact already. `bank` is who tells.
    function tell(Act memory act, uint256 by, uint256 subject) private {
        if (idle) return;
        (act.bank, act.word) = (by, freshWord());
        if (chance(2)) act.word = 0;
        uint256 count = _facts.length;
        if (count != 0 && chance(8)) {
            Fact storage fact = _facts[count - 1 - roll(count < 5 ? count : 5)];
            (act.word, act.bank) = (fact.word, fact.bank);
            // The same fact again, or what it was told of with this act's own figures.
            if (fact.subject == subject || chance(50)) (act.payableId, act.amount, act.day) = (fact.subject, fact.amount, fact.day);
            return;
        }
        _facts.push(Fact(act.word, by, subject, act.amount, act.day));
    }

    function makeApply(Act memory act) internal {
        act.payableId = withMoney(90);
    }

    /// @dev A payable with unapplied money, so often one whose money could be shared now.
    function withMoney(uint256 percent) private returns (uint256 id) {
        id = oracle.findUnapplied(chance(percent), roll() >> 8);
        if (id != 0) return id;
        passOn();
        return anyPayable();
    }

    function makeReturnUnapplied(Act memory act) internal {
        act.payableId = withMoney(30);
        Finder.Brief memory record = payableRecord(act.payableId);
        act.amount = amountOf(record.unapplied);
        tell(act, mostly(record.bank), act.payableId);
        act.head = headOf(act.bank, 0, HIGHEST);
    }

    function makePayout(Act memory act, bool returns_) internal {
        act.number = oracle.findPayout(chance(92) ? returns_ : !returns_, roll() >> 8);
        if (act.number == 0) passOn();
        (,,, uint256 count,,) = oracle.counts();
        if (act.number == 0 || chance(3)) act.number = roll(count + 3);
        Book.Payout memory payout = oracle.payoutView(act.number);
        act.amount = payout.amount + (chance(4) ? 1 : 0);
        act.word = freshWord();
        if (_facts.length != 0 && chance(3)) act.word = _facts[_facts.length - 1].word;
        if (chance(2)) act.word = 0;
        act.head = headOf(mostly(payout.bank), 0, HIGHEST);
    }

    // ---- settlement

    /// @dev Some vouchers of one payable, or all of it; then whatever else comes, again and unknown ones too.
    function makeSettle(Act memory act) internal {
        uint256 first = voucher(Finder.Want.Unsettled);
        if (chance(15)) {
            (uint256 all,) = oracle.pieces(first >> 32);
            act.ids = new uint256[](all < 40 ? all : 40);
            for (uint256 i; i < act.ids.length; ++i) {
                act.ids[i] = (first >> 32 << 32) + 1 + i;
            }
            return;
        }
        act.ids = new uint256[](between(1, 4));
        for (uint256 i; i < act.ids.length; ++i) {
            act.ids[i] = i == 0 ? first : chance(70) ? voucher(Finder.Want.Unsettled) : voucher(Finder.Want.AnyVoucher);
        }
    }

    // ---- deposits

    function makeIssueDeposit(Act memory act) internal {
        act.to = chance(95) ? between(ACME, CLEARING) : anyParty();
        act.amount = chance(4) ? 0 : sumOf(7);
        if (chance(2)) act.amount = 2 ** 64 - 1 - roll(3);
        uint256 by = settlementBank();
        tell(act, by, act.to);
        // A fact that is told again names its owner in `payableId`.
        if (act.payableId != 0) act.to = act.payableId;
        act.head = headOf(act.bank, 0, HIGHEST);
    }

    function makeWithdrawDeposit(Act memory act) internal {
        uint256 owner = chance(95) ? between(ACME, ECHO) : anyParty();
        uint256 by = settlementBank();
        act.amount = depositPart(by, owner);
        tell(act, by, owner);
        act.head = headOf(owner, 0, HIGHEST);
        act.quote = headOf(act.bank, 0, HIGHEST);
    }

    /// @dev A small part, so that the deposits last; sometimes all or more.
    function depositPart(uint256 by, uint256 owner) private returns (uint256) {
        uint256 available = oracle.depositView(by, owner);
        return chance(90) ? amountOf(available / 50) : amountOf(available);
    }

    function makeMoveDeposit(Act memory act) internal {
        uint256 owner = chance(95) ? between(ACME, CLEARING) : anyParty();
        act.bank = settlementBank();
        act.to = anyParty();
        act.amount = depositPart(act.bank, owner);
        act.word = freshWord();
        act.head = headOf(owner, act.amount, BY_AMOUNT);
    }
}
