// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Act, adopt, Differs, Piece, Use, Verb} from "../Act.sol";
import {Book} from "../oracle/Book.sol";
import {Driver} from "./Driver.sol";
import {Finder} from "../oracle/Finder.sol";
import "./Structs.sol" as S;
import "./TypeHashes.sol" as T;

/// @notice Acts of issue and circulation, of sales and loans.
abstract contract Trades is Driver {
    /// @dev Items of recorded batches, as encoded acts: those of batch n at 2n and 2n + 1.
    bytes[] private _items;
    bytes32[] private _batches;
    mapping(bytes32 => uint256) private _batchObligor;

    uint256 private _invoice = 100;

    // ---- issue

    function makeIssue(Act memory act) internal {
        uint256 obligor = mostly(chance(60) ? ACME : BIRCH);
        terms(act, obligor);
        if (chance(55)) invoicesFor(act);
        else if (chance(95)) act.evidence = freshWord();
        act.head = headOf(obligor, act.amount, BY_AMOUNT);
    }

    function terms(Act memory act, uint256 obligor) private {
        act.to = chance(90) ? between(BIRCH, CEDAR) : anyParty();
        if (act.to == obligor && chance(90)) act.to = CEDAR;
        act.bank = settlementBank();
        act.amount = face(obligor);
        uint256 kind = roll(60);
        if (kind == 0) act.day = nowDay() - roll(2);
        else if (kind == 1) act.day = nowDay() + 365 + roll(3);
        else if (kind < 10) act.day = nowDay() + between(40, 300);
        else act.day = nowDay() + between(1, 30);
    }

    function face(uint256 obligor) private returns (uint256) {
        uint256 kind = roll(60);
        if (kind == 0) return 0;
        if (kind == 1) {
            (uint256 limit, uint256 out,) = oracle.exposureView(obligor);
            uint256 left = limit < out ? 0 : limit - out + roll(2);
            return left > type(uint64).max ? type(uint64).max : left;
        }
        if (kind == 2) return 2 ** 56 - roll(2);
        return sumOf(6) + 10;
    }

    /// @dev One new invoice, or some used before; mostly with the total they have.
    function invoicesFor(Act memory act) private {
        if (chance(1)) {
            act.uses = new Use[](65);
            return;
        }
        act.uses = new Use[](between(1, 3));
        uint256 left = act.amount;
        for (uint256 i; i < act.uses.length; ++i) {
            bool last = i + 1 == act.uses.length;
            if (chance(70)) {
                uint256 used = last ? left : roll(left + 1);
                act.uses[i] = Use(++_invoice, used + roll(100_000), used);
            } else {
                uint256 old = between(100, _invoice);
                (uint256 total, uint256 used) = oracle.invoiceView(old);
                uint256 rest = total - used;
                act.uses[i] = Use(old, total + (chance(5) ? 1 : 0), rest < left ? rest + (chance(10) ? 1 : 0) : left);
            }
            left -= act.uses[i].used < left ? act.uses[i].used : left;
        }
    }

    function makeRecordBatch(Act memory act) internal {
        uint256 obligor = mostly(chance(60) ? ACME : BIRCH);
        Act memory first;
        Act memory second;
        plan(first, obligor, 0);
        plan(second, obligor, 1);
        (bytes32 one, bytes32 other) = (leafOf(batchItem(first)), leafOf(batchItem(second)));
        act.evidence = one < other ? keccak256(abi.encode(one, other)) : keccak256(abi.encode(other, one));
        (first.other, second.other) = (uint256(other), uint256(one));
        act.count = chance(90) ? 2 : chance(50) ? 1 : chance(50) ? 0 : 10_000 + roll(2);
        act.amount = first.amount + second.amount;
        // A command has 64 bits for the total; a line of the largest amount would bring more.
        if (act.amount > type(uint64).max) act.amount = type(uint64).max;
        if (chance(10) && act.amount != 0) act.amount -= 1;
        act.head = headOf(obligor, act.amount, BY_AMOUNT);
        if (chance(80)) act.head.deadline = block.timestamp + 7 days;
        act.word = digestOf(address(issuance), keccak256(abi.encode(T.ISSUE_BATCH, batchCommand(act))));
        (first.word, second.word) = (act.word, act.word);
        _batches.push(act.word);
        _batchObligor[act.word] = obligor;
        _items.push(abi.encode(first));
        _items.push(abi.encode(second));
    }

    function plan(Act memory item, uint256 obligor, uint256 number) private {
        terms(item, obligor);
        item.verb = Verb.IssueFromBatch;
        item.number = number;
        if (chance(95)) item.evidence = freshWord();
    }

    function makeIssueFromBatch(Act memory act) internal {
        uint256 count = _items.length;
        if (count == 0) passOn();
        if (count == 0 || chance(3)) {
            (act.to, act.bank, act.amount, act.day, act.word) = (CEDAR, CLEARING, 100, nowDay() + 9, freshWord());
            return;
        }
        uint256 recent = count < 8 ? count : 8;
        Act memory item = abi.decode(_items[count - 1 - roll(recent)], (Act));
        if (chance(4)) {
            item.amount += 1;
            item.flag = true;
        }
        adopt(act, item);
    }

    function makeVoidBatch(Act memory act) internal {
        uint256 count = _batches.length;
        act.word = count == 0 || chance(10) ? freshWord() : _batches[count - 1 - roll(count < 6 ? count : 6)];
        act.head = headOf(mostly(_batchObligor[act.word]), 0, ONE_SIGNER);
    }

    // ---- answers

    function makeAccept(Act memory act) internal {
        act.voucher = voucher(Finder.Want.OpenOffer);
        Book.Voucher memory record = recordOf(act.voucher);
        bind(act, record);
        act.head = headOf(mostly(record.counterparty), 0, ONE_SIGNER);
    }

    function makeEndOffer(Act memory act) internal {
        bool root = chance(30);
        act.voucher = voucher(root ? Finder.Want.OpenRoot : Finder.Want.OpenOffer);
        Book.Voucher memory record = recordOf(act.voucher);
        nameInvoices(act, act.voucher >> 32);
        bool declines = act.verb == Verb.Decline;
        uint256 right = declines ? record.counterparty : record.holder;
        act.head = headOf(mostly(right), 0, declines ? ONE_SIGNER : BY_AMOUNT);
    }

    function makeLapse(Act memory act) internal {
        uint256 id = oracle.find(chance(80) ? Finder.Want.DeadRoot : Finder.Want.OpenRoot, roll() >> 8);
        if (id == 0) passOn();
        act.payableId = id == 0 || chance(5) ? anyPayable() : id >> 32;
        act.voucher = (act.payableId << 32) + 1;
        nameInvoices(act, act.payableId);
    }

    /// @dev The invoices that back a payable nobody has accepted; sometimes one too few, or one twice.
    function nameInvoices(Act memory act, uint256 payableId) private {
        uint256[] memory used = oracle.backing(payableId);
        uint256 count = used.length;
        if (count != 0 && chance(3)) --count;
        act.ids = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            act.ids[i] = used[i];
        }
        if (count != 0 && chance(4)) act.ids[0] = count == 1 ? 7 : act.ids[count - 1];
    }

    // ---- circulation

    function makeTransfer(Act memory act) internal {
        act.pieces = new Piece[](chance(70) ? 1 : between(0, 3));
        uint256 holder;
        uint256 sum;
        for (uint256 i; i < act.pieces.length; ++i) {
            uint256 id = i != 0 && chance(60) ? act.pieces[0].voucher : voucher(Finder.Want.Disposable);
            Book.Voucher memory record = recordOf(id);
            if (i == 0) holder = record.holder;
            uint256 length = record.end - record.start;
            uint256 amount = act.pieces.length > 1 ? amountOf(length / act.pieces.length) : amountOf(length);
            act.pieces[i] = Piece(id, amount, chance(93) ? between(BIRCH, ECHO) : anyParty());
            if (act.pieces[i].to == holder && chance(90)) act.pieces[i].to = holder == CEDAR ? DELTA : CEDAR;
            if (chance(3)) act.pieces[i].to = ACME;
            sum += amount;
        }
        act.word = freshWord();
        act.head = headOf(mostly(holder), sum, BY_AMOUNT);
    }

    function makeJoin(Act memory act) internal {
        act.voucher = voucher(chance(85) ? Finder.Want.Joinable : Finder.Want.Disposable);
        act.other = oracle.neighbour(act.voucher);
        if (act.other == 0 || chance(4)) act.other = chance(30) ? act.voucher : voucher(Finder.Want.Disposable);
        act.head = headOf(mostly(recordOf(act.voucher).holder), 0, BY_AMOUNT);
    }

    // ---- sale, redemption, recourse

    function makeSell(Act memory act) internal {
        bool shares = chance(35);
        act.voucher = voucher(shares && chance(85) ? Finder.Want.Unshared : Finder.Want.Disposable);
        Book.Voucher memory record = recordOf(act.voucher);
        bind(act, record);
        act.amount = amountOf(record.end - record.start);
        act.to = bank();
        if (act.to == record.holder && chance(90)) act.to = record.holder == DELTA ? ECHO : DELTA;
        act.rate = rate();
        act.flag = chance(55);
        if (chance(85)) act.word = freshWord();
        act.differs = differing(uint256(Differs.Amount));
        if (chance(2)) act.differs = [Differs.Rate, Differs.Recourse, Differs.Registration][roll(3)];
        act.head = headOf(mostly(record.holder), act.amount, BY_AMOUNT);
        act.quote = headOf(mostly(act.to), act.amount + 1, BY_AMOUNT);
        if (shares) offerShare(act);
    }

    /// @dev Offers stand: the same one comes again under its nonce, or another one that only the first allows no more.
    function offerShare(Act memory act) private {
        act.payableId = act.voucher >> 32;
        uint256 obligor = payableRecord(act.payableId).obligor;
        uint256 kind = roll(20);
        act.share = kind == 0 ? 1e9 + 1 : kind < 5 ? 1e9 : roll(1e9) + 1;
        act.shareMax = chance(85) ? 1e9 : roll(1e9);
        act.rateMax = chance(90) ? 0.36e9 : roll(0.2e9);
        if (chance(4)) act.payableId += 1;
        bool stands = chance(50);
        act.budget = stands ? 5_000 : sumOf(6);
        act.offer = headOf(mostly(obligor), act.budget > act.amount ? act.budget : act.amount, BY_AMOUNT);
        if (stands) {
            act.offer.nonce = 500 + act.payableId;
            act.offer.deadline = chance(90) ? 4_000_000_000 : 4_000_000_001;
            (act.shareMax, act.rateMax) = (1e9, 0.36e9);
        }
    }

    function makeRedeem(Act memory act) internal {
        act.voucher = theme == 1 && chance(90) ? (focus << 32) + 1 : voucher(Finder.Want.Disposable);
        Book.Voucher memory record = recordOf(act.voucher);
        bind(act, record);
        uint256 length = record.end - record.start;
        act.amount = theme == 1 && chance(95) ? between(1, length / 40 + 1) : amountOf(length);
        act.rate = rate();
        act.differs = differing(uint256(Differs.Amount));
        if (chance(1)) act.differs = Differs.Rate;
        act.head = headOf(mostly(record.holder), act.amount, BY_AMOUNT);
        act.quote = headOf(mostly(payableRecord(act.voucher >> 32).obligor), act.amount + 1, BY_AMOUNT);
    }

    function makeRecourse(Act memory act) internal {
        act.voucher = voucher(chance(90) ? Finder.Want.WithRecourse : Finder.Want.Disposable);
        act.head = headOf(mostly(recordOf(act.voucher).holder), 0, BY_AMOUNT);
    }

    // ---- loans

    function makePledge(Act memory act) internal {
        act.voucher = voucher(Finder.Want.Disposable);
        Book.Voucher memory record = recordOf(act.voucher);
        bind(act, record);
        act.amount = amountOf(record.end - record.start);
        act.to = bank();
        if (act.to == record.holder && chance(90)) act.to = record.holder == DELTA ? ECHO : DELTA;
        uint256 kind = roll(40);
        act.ltv = kind == 0 ? 0 : kind == 1 ? 1e9 + 1 : kind < 12 ? 1e9 : between(0.3e9, 1e9);
        uint256 most = act.amount * act.ltv / 1e9;
        act.advance = chance(80) ? between(most / 2, most) : amountOf(most);
        act.rate = rate();
        act.day = nowDay() + between(chance(10) ? 0 : 1, 50);
        if (chance(85)) act.word = freshWord();
        act.differs = differing(uint256(Differs.Due));
        if (chance(1)) act.differs = Differs.Registration;
        act.head = headOf(mostly(record.holder), act.amount, BY_AMOUNT);
        act.quote = headOf(mostly(act.to), act.advance + 1, BY_AMOUNT);
    }

    function makeRepay(Act memory act) internal {
        act.number = loanNumber(chance(60));
        Book.Loan memory loan = oracle.loanView(act.number);
        act.amount = amountOf(loan.principal);
        Book.Voucher memory record = recordOf(loan.voucher);
        if (chance(40)) act.release = amountOf((record.end - record.start) / 2);
        act.head = headOf(mostly(loan.borrower), act.amount, BY_AMOUNT);
    }

    function makeRelease(Act memory act) internal {
        act.number = loanNumber(chance(90));
        Book.Loan memory loan = oracle.loanView(act.number);
        Book.Voucher memory record = recordOf(loan.voucher);
        uint256 length = record.end - record.start;
        uint256 needed = loan.ltv == 0 ? 0 : (loan.principal * 1e9 + loan.ltv - 1) / loan.ltv;
        // Just what cover allows, or a fen more.
        act.amount = chance(70) && needed < length ? length - needed + (chance(20) ? 1 : 0) : amountOf(length);
        act.head = headOf(mostly(loan.lender), act.amount, BY_AMOUNT);
    }

    function loanNumber(bool early) private returns (uint256 number) {
        if (chance(93)) number = oracle.findLoan(early, roll() >> 8);
        (, uint256 count,,,,) = oracle.counts();
        if (number == 0) passOn();
        if (number == 0) number = roll(count + 3);
    }
}
