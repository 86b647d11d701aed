// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";
import "./driver/Desks.sol";
import {Book} from "./oracle/Book.sol";
import {Director} from "./driver/Director.sol";

/// @notice Whether chain and oracle remember the same.
abstract contract Checks is Director {
    function same(uint256 chain, uint256 told, bytes32 what, uint256 which) internal pure {
        if (chain == told) return;
        revert(
            string.concat(
                "state: ", worded(what), " of ", vm.toString(which), ": the chain has ", vm.toString(chain), ", the oracle ",
                vm.toString(told)
            )
        );
    }

    /// @dev A name without the zeros behind it.
    function worded(bytes32 what) internal pure returns (string memory word) {
        uint256 length;
        while (length < 32 && what[length] != 0) ++length;
        word = new string(length);
        assembly ("memory-safe") {
            mstore(add(word, 0x20), what)
        }
    }

    function compareAll() internal view {
        (uint256 payables, uint256 loanCount, uint256 saleCount, uint256 payouts, uint256 parties, uint256 rules_) =
            oracle.counts();
        same(vouchers.payableCount(), payables, "count of payables", 0);
        same(loans.loanCount(), loanCount, "count of loans", 0);
        same(sales.saleCount(), saleCount, "count of sales", 0);
        same(settlement.payoutCount(), payouts, "count of payouts", 0);
        same(participants.participantCount(), parties, "count of participants", 0);
        same(rules.ruleSetCount(), rules_, "count of rules", 0);
        for (uint256 i = 1; i <= payables; ++i) {
            comparePayable(i);
        }
        for (uint256 i = 1; i <= loanCount; ++i) {
            compareLoan(i);
        }
        for (uint256 i = 1; i <= saleCount; ++i) {
            S.Sale memory sale = sales.saleOf(uint32(i));
            Book.Sale memory told = oracle.saleView(i);
            same(sale.seller, told.seller, "seller", i);
            same(sale.rate, told.rate, "sale's rate", i);
            same(sale.previous, told.before, "recourse before the sale", i);
        }
        for (uint256 i = 1; i <= payouts; ++i) {
            comparePayout(i);
        }
        compareParties(parties);
    }

    function comparePayable(uint256 id) internal view {
        S.Payable memory chain = vouchers.payableOf(uint32(id));
        Book.Payable memory told = oracle.payableView(id);
        same(chain.state, uint256(told.state), "payable's state", id);
        same(chain.obligor, told.obligor, "obligor", id);
        same(chain.offeree, told.offeree, "payable's offeree", id);
        same(chain.bank, told.bank, "payable's bank", id);
        same(chain.face, told.face, "face", id);
        same(chain.maturity, told.maturity, "maturity", id);
        same(chain.due, told.due, "due day", id);
        same(chain.rules, told.rules, "payable's rules", id);
        same(chain.offeredAt, told.offeredAt, "payable's offer", id);
        same(chain.invoices, told.uses.length, "payable's invoices", id);
        same(chain.freezes, told.freezes.length, "payable's freezes", id);
        same(deposits.holdOf(uint32(told.bank), address(settlement), uint32(id)), told.held, "hold", id);
        compareSums(id, told);
        for (uint256 i; i < told.freezes.length; ++i) {
            IOversightDesk.Freeze memory freeze = oversight.freezeOf(uint32(id), i);
            same(freeze.start, told.freezes[i].start, "freeze's start", id);
            same(freeze.end, told.freezes[i].end, "freeze's end", id);
            same(freeze.lifted ? 1 : 0, told.freezes[i].lifted ? 1 : 0, "freeze's end of days", id);
        }
        for (uint256 i; i < told.uses.length; ++i) {
            uint256 invoice = told.uses[i].invoice;
            (uint256 total, uint256 used) = invoices.invoiceOf(fingerprintOf(invoice));
            (uint256 toldTotal, uint256 toldUsed) = oracle.invoiceView(invoice);
            same(total, toldTotal, "invoice's total", invoice);
            same(used, toldUsed, "invoice's use", invoice);
        }
    }

    function compareSums(uint256 id, Book.Payable memory told) private view {
        S.Tally memory tally = vouchers.tallyOf(uint32(id));
        (uint256 live, uint256 paid, uint256 redeemed) = oracle.sums(id);
        same(tally.live, live, "live principal", id);
        same(tally.paid, paid, "paid principal", id);
        same(tally.redeemed, redeemed, "redeemed principal", id);
        (uint256 all, uint256 open_) = oracle.pieces(id);
        if (tally.serials != 0) {
            same(tally.serials, all, "serials", id);
            same(tally.pieces, open_, "open vouchers", id);
        }
        same(tally.redemptions, told.redeemed.length, "redemptions", id);
        ISettlementDesk.Account memory account = settlement.accountOf(uint32(id));
        same(account.carried, told.carried, "carried late interest", id);
        same(account.unapplied, told.unapplied, "unapplied money", id);
        same(account.unappliedDay, told.unappliedDay, "unapplied money's day", id);
        same(account.lastDay, told.lastDay, "last payment's day", id);
        same(account.payments, told.payments.length, "count of payments", id);
        for (uint256 i; i < told.payments.length; ++i) {
            ISettlementDesk.Payment memory payment = settlement.paymentOf(uint32(id), i);
            same(payment.principal, told.payments[i].principal, "payment's principal", id);
            same(payment.interest, told.payments[i].interest, "payment's interest", id);
            same(payment.day, told.payments[i].day, "payment's day", id);
            same(payment.onBankRail ? 1 : 0, told.payments[i].byBank ? 1 : 0, "payment's rail", id);
        }
        for (uint256 i = 1; i <= all; ++i) {
            compareVoucher((id << 32) + i);
        }
    }

    function compareVoucher(uint256 id) internal view {
        S.Voucher memory chain = vouchers.voucherOf(uint64(id));
        Book.Voucher memory told = oracle.voucherView(id);
        same(chain.state, uint256(told.state), "voucher's state", id);
        same(chain.start, told.start, "start", id);
        same(chain.end, told.end, "end", id);
        same(chain.holder, told.holder, "holder", id);
        same(chain.counterparty, told.counterparty, "counterparty", id);
        same(chain.depth, told.depth, "depth", id);
        same(chain.settled, told.settled, "settled payments", id);
        if (told.state == Book.VState.Offered) same(chain.offeredAt, told.offeredAt, "offer", id);
        if (told.state == Book.VState.Closed) return;
        same(vouchers.recourseOf(uint64(id)), told.sale, "recourse", id);
        same(chain.flags & 2, told.shared ? 2 : 0, "cost share given", id);
    }

    function compareLoan(uint256 number) private view {
        S.Loan memory chain = loans.loanOf(uint32(number));
        Book.Loan memory told = oracle.loanView(number);
        same(chain.voucher, told.voucher, "security", number);
        same(chain.borrower, told.borrower, "borrower", number);
        same(chain.lender, told.lender, "lender", number);
        same(chain.principal, told.principal, "loan's principal", number);
        same(chain.interestLeft, told.interestLeft, "loan's interest left", number);
        same(chain.rate, told.rate, "loan's rate", number);
        same(chain.ltv, told.ltv, "loan's ltv", number);
        same(chain.due, told.due, "loan's due day", number);
        same(chain.interestFrom, told.interestFrom, "loan's interest day", number);
    }

    function comparePayout(uint256 number) private view {
        ISettlementDesk.Payout memory chain = settlement.payoutOf(uint64(number));
        Book.Payout memory told = oracle.payoutView(number);
        same(chain.bank, told.bank, "payout's bank", number);
        same(chain.payee, told.payee, "payee", number);
        same(chain.amount, told.amount, "payout's amount", number);
        same(chain.state, told.confirmed ? 2 : 1, "payout's state", number);
        same(chain.voucher, told.voucher, "payout's voucher", number);
    }

    function compareParties(uint256 count) private view {
        (bool paused, uint256 versions) = oracle.registry();
        same(participants.paused() ? 1 : 0, paused ? 1 : 0, "pause", 0);
        same(participants.versionCount(), versions, "versions", 0);
        for (uint256 i = 1; i <= count; ++i) {
            S.Member memory member = participants.memberOf(uint32(i));
            Book.Party memory told = oracle.partyView(i);
            same(member.roles, told.roles, "roles", i);
            same(member.suspended ? 1 : 0, told.suspended ? 1 : 0, "suspension", i);
            same(member.frozen ? 1 : 0, told.cases != 0 ? 1 : 0, "participant's freeze", i);
            same(member.frozenAt, told.frozenAt, "second of a freeze", i);
            same(member.thresholdLow, told.low, "low threshold", i);
            same(member.thresholdHigh, told.high, "high threshold", i);
            same(member.highFrom, told.highFrom, "amount of the high threshold", i);
            same(member.signers, told.keys.length, "count of signers", i);
            same(member.firstSigner, told.firstKey, "first signer", i);
            same(member.committed, told.committed, "what a day committed", i);
            same(member.recoveryBank, told.recoveryBank, "recovery bank", i);
            (uint256 limit, uint256 out, bool blocked) = oracle.exposureView(i);
            (uint256 chainLimit, uint256 chainOut, uint256 unpaid) = exposure.exposureOf(uint32(i));
            same(chainLimit, limit, "limit", i);
            same(chainOut, out, "what is outstanding", i);
            same(unpaid != 0 && unpaid < nowDay() ? 1 : 0, blocked ? 1 : 0, "default", i);
            for (uint256 by = ECHO; by <= CLEARING; ++by) {
                same(deposits.depositOf(uint32(by), uint32(i)), oracle.depositView(by, i), "deposit", i);
            }
        }
        for (uint256 by = ECHO; by <= CLEARING; ++by) {
            same(deposits.issuedBy(uint32(by)), oracle.issuedView(by), "deposits issued", by);
        }
    }
}
