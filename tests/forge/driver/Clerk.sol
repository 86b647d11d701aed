// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import "./Desks.sol";
import "./TypeHashes.sol" as T;
import {Act, Approval, Differs, Head, NewKey, Use, Verb} from "../Act.sol";
import {Oracle} from "../oracle/Oracle.sol";
import {World} from "./World.sol";

/// @notice Spells an act as a call of its desk, really signed with the keys that the act names.
abstract contract Clerk is World {
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 private constant GENERATOR_X = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798;

    Oracle internal oracle;

    // ---- signatures

    function digestOf(address desk, bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Fenbook"),
                keccak256("1"),
                block.chainid,
                desk
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    /// @dev A true ECDSA signature of the key, made with the secret number 1, whose point is the curve's generator: one product and
    /// one sum where forge's own signing takes two multiplications of points, a fifth of a run. Outside of a test it would give the
    /// key away. The ledger's contracts verify it as any other.
    function sign(uint256 label, bytes32 digest) internal pure returns (uint256 s, uint256 v) {
        s = addmod(uint256(digest), mulmod(GENERATOR_X, privateKey(label), ORDER), ORDER);
        // The generator's y is even; of the two forms the ledger takes the one with the low s.
        return s > ORDER / 2 ? (ORDER - s, 28) : (s, 27);
    }

    /// @dev Packed as the ledger wants it: for each signer its number, the length of its signature, the signature.
    function approved(uint256 party, Approval memory approval, bytes32 digest) internal view returns (bytes memory all) {
        uint256[] memory signers = approval.signers;
        all = new bytes(68 * signers.length);
        for (uint256 i; i < signers.length; ++i) {
            uint256 signer = signers[i];
            bytes32 signed = (approval.wrong >> i) & 1 == 1 ? ~digest : digest;
            (uint256 s, uint256 v) = sign(oracle.labelOf(party, signer), signed);
            assembly ("memory-safe") {
                let place := add(add(all, 0x20), mul(68, i))
                mstore8(place, signer)
                mstore(add(place, 1), shl(240, 65))
                mstore(add(place, 3), GENERATOR_X)
                mstore(add(place, 35), s)
                mstore8(add(place, 67), v)
            }
        }
        if (approval.cutShort && all.length != 0) {
            assembly ("memory-safe") {
                mstore(all, sub(mload(all), 1))
            }
        }
    }

    function approvedBy(Head memory head, address desk, bytes32 structHash) internal view returns (bytes memory) {
        return approved(head.participant, head.approval, digestOf(desk, structHash));
    }

    /// @dev Proofs of new keys; one that is not proved is signed by another key.
    function proofs(NewKey[] memory keys, bytes32 digest) internal pure returns (bytes[] memory all) {
        all = new bytes[](keys.length);
        for (uint256 i; i < keys.length; ++i) {
            (uint256 s, uint256 v) = sign(keys[i].unproved ? keys[i].label + 1 : keys[i].label, digest);
            all[i] = abi.encodePacked(GENERATOR_X, s, uint8(v));
        }
    }

    // ---- the call of an act

    function callOf(Act memory act) internal view returns (address, bytes memory) {
        uint256 verb = uint256(act.verb);
        if (verb <= uint256(Verb.Lapse)) return _offerCall(act);
        if (verb <= uint256(Verb.Release)) return _tradeCall(act);
        if (verb <= uint256(Verb.MoveDeposit)) return _moneyCall(act);
        if (verb <= uint256(Verb.SetHolidays)) return _officeCall(act);
        return _adminCall(act);
    }

    function _offerCall(Act memory act) private view returns (address desk, bytes memory call) {
        Head memory head = act.head;
        if (act.verb == Verb.Issue) {
            S.IssuePayable memory c;
            (c.participant, c.to, c.bank) = (uint32(head.participant), uint32(act.to), uint32(act.bank));
            (c.face, c.maturity, c.evidence) = (uint64(act.amount), uint16(act.day), act.evidence);
            (c.invoices, c.nonce, c.deadline) = (usesOf(act.uses), head.nonce, uint64(head.deadline));
            desk = address(issuance);
            call = abi.encodeCall(IIssuanceDesk.issue, (c, approvedBy(head, desk, _hash(c))));
        } else if (act.verb == Verb.RecordBatch) {
            desk = address(issuance);
            S.IssueBatch memory c = batchCommand(act);
            bytes32 hash = keccak256(abi.encode(T.ISSUE_BATCH, c));
            call = abi.encodeCall(IIssuanceDesk.recordBatch, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.IssueFromBatch) {
            desk = address(issuance);
            bytes32[] memory proof = new bytes32[](1);
            // The sibling at its index; a stranger's item proves nothing with it.
            proof[0] = bytes32(act.other);
            call = abi.encodeCall(IIssuanceDesk.issueFromBatch, (act.word, batchItem(act), proof));
        } else if (act.verb == Verb.VoidBatch) {
            desk = address(issuance);
            S.VoidBatch memory c = S.VoidBatch(uint32(head.participant), act.word, head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.VOID_BATCH, c));
            call = abi.encodeCall(IIssuanceDesk.voidBatch, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.Accept) {
            desk = address(vouchers);
            S.AcceptVoucher memory c;
            (c.participant, c.voucher) = (uint32(head.participant), uint64(act.voucher));
            (c.start, c.end, c.nonce, c.deadline) = (uint64(act.start), uint64(act.end), head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.ACCEPT_VOUCHER, c));
            call = abi.encodeCall(IVouchersDesk.accept, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.Decline) {
            desk = address(offers);
            S.DeclineVoucher memory c = S.DeclineVoucher(
                uint32(head.participant), uint64(act.voucher), act.word, head.nonce, uint64(head.deadline)
            );
            bytes32 hash = keccak256(abi.encode(T.DECLINE_VOUCHER, c));
            call = abi.encodeCall(IOffersDesk.decline, (c, approvedBy(head, desk, hash), fingerprints(act.ids)));
        } else if (act.verb == Verb.Withdraw) {
            desk = address(offers);
            S.WithdrawOffer memory c =
                S.WithdrawOffer(uint32(head.participant), uint64(act.voucher), head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.WITHDRAW_OFFER, c));
            call = abi.encodeCall(IOffersDesk.withdraw, (c, approvedBy(head, desk, hash), fingerprints(act.ids)));
        } else {
            desk = address(offers);
            call = abi.encodeCall(IOffersDesk.lapse, (uint32(act.payableId), fingerprints(act.ids)));
        }
    }

    function batchCommand(Act memory act) internal pure returns (S.IssueBatch memory) {
        return S.IssueBatch(
            uint32(act.head.participant),
            act.evidence,
            uint32(act.count),
            uint64(act.amount),
            act.head.nonce,
            uint64(act.head.deadline)
        );
    }

    function batchItem(Act memory act) internal pure returns (S.BatchIssue memory item) {
        (item.index, item.to, item.bank) = (uint32(act.number), uint32(act.to), uint32(act.bank));
        (item.face, item.maturity, item.evidence) = (uint64(act.amount), uint16(act.day), act.evidence);
        item.invoices = usesOf(act.uses);
    }

    function leafOf(S.BatchIssue memory item) internal pure returns (bytes32) {
        bytes32 hash = keccak256(
            abi.encode(
                T.BATCH_ISSUE, item.index, item.to, item.bank, item.face, item.maturity, item.evidence, _hash(item.invoices)
            )
        );
        return keccak256(abi.encodePacked(hash));
    }

    function _tradeCall(Act memory act) private view returns (address desk, bytes memory call) {
        Head memory head = act.head;
        if (act.verb == Verb.Transfer) {
            desk = address(vouchers);
            S.TransferVoucher memory c;
            (c.participant, c.nonce, c.deadline) = (uint32(head.participant), head.nonce, uint64(head.deadline));
            c.parts = new S.Part[](act.pieces.length);
            for (uint256 i; i < c.parts.length; ++i) {
                c.parts[i] = S.Part(
                    uint32(act.pieces[i].to), uint64(act.pieces[i].voucher), uint64(act.pieces[i].amount), act.word
                );
            }
            call = abi.encodeCall(IVouchersDesk.transfer, (c, approvedBy(head, desk, _hash(c))));
        } else if (act.verb == Verb.Join) {
            desk = address(vouchers);
            S.JoinVouchers memory c = S.JoinVouchers(
                uint32(head.participant), uint64(act.voucher), uint64(act.other), head.nonce, uint64(head.deadline)
            );
            bytes32 hash = keccak256(abi.encode(T.JOIN_VOUCHERS, c));
            call = abi.encodeCall(IVouchersDesk.join, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.Sell) {
            return (address(sales), _sellCall(act));
        } else if (act.verb == Verb.Redeem) {
            return (address(sales), _redeemCall(act));
        } else if (act.verb == Verb.Recourse) {
            desk = address(sales);
            S.RecourseVoucher memory c =
                S.RecourseVoucher(uint32(head.participant), uint64(act.voucher), head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.RECOURSE_VOUCHER, c));
            call = abi.encodeCall(ISalesDesk.recourse, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.Pledge) {
            return (address(loans), _pledgeCall(act));
        } else if (act.verb == Verb.Repay) {
            desk = address(loans);
            S.RepayLoan memory c;
            (c.participant, c.loan, c.principal) = (uint32(head.participant), uint32(act.number), uint64(act.amount));
            (c.release, c.nonce, c.deadline) = (uint64(act.release), head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.REPAY_LOAN, c));
            call = abi.encodeCall(ILoansDesk.repay, (c, approvedBy(head, desk, hash)));
        } else {
            desk = address(loans);
            S.ReleaseSecurity memory c = S.ReleaseSecurity(
                uint32(head.participant), uint32(act.number), uint64(act.amount), head.nonce, uint64(head.deadline)
            );
            bytes32 hash = keccak256(abi.encode(T.RELEASE_SECURITY, c));
            call = abi.encodeCall(ILoansDesk.release, (c, approvedBy(head, desk, hash)));
        }
    }

    function _sellCall(Act memory act) private view returns (bytes memory) {
        S.SellVoucher memory c;
        (c.participant, c.buyer, c.voucher) = (uint32(act.head.participant), uint32(act.to), uint64(act.voucher));
        (c.start, c.end, c.amount) = (uint64(act.start), uint64(act.end), uint64(act.amount));
        (c.rate, c.recourse, c.obligorShare) = (uint32(act.rate), act.flag, uint32(act.share));
        (c.registration, c.nonce, c.deadline) = (act.word, act.head.nonce, uint64(act.head.deadline));
        S.SaleQuote memory q;
        (q.participant, q.taker, q.voucher) = (uint32(act.quote.participant), c.participant, c.voucher);
        (q.start, q.end, q.amount, q.rate) = (c.start, c.end, c.amount, c.rate);
        (q.recourse, q.registration) = (c.recourse, c.registration);
        (q.nonce, q.deadline) = (act.quote.nonce, uint64(act.quote.deadline));
        if (act.differs == Differs.Taker) ++q.taker;
        else if (act.differs == Differs.Voucher) ++q.voucher;
        else if (act.differs == Differs.Start) ++q.start;
        else if (act.differs == Differs.End) ++q.end;
        else if (act.differs == Differs.Amount) ++q.amount;
        else if (act.differs == Differs.Rate) ++q.rate;
        else if (act.differs == Differs.Recourse) q.recourse = !q.recourse;
        else if (act.differs == Differs.Registration) q.registration = ~q.registration;
        S.CostShareOffer memory o;
        (o.participant, o.payableId) = (uint32(act.offer.participant), uint32(act.payableId));
        (o.shareMax, o.rateMax, o.budget) = (uint32(act.shareMax), uint32(act.rateMax), uint64(act.budget));
        (o.nonce, o.deadline) = (act.offer.nonce, uint64(act.offer.deadline));
        address desk = address(sales);
        bytes memory offered;
        if (act.share != 0) offered = approvedBy(act.offer, desk, keccak256(abi.encode(T.COST_SHARE_OFFER, o)));
        bytes memory mine = approvedBy(act.head, desk, keccak256(abi.encode(T.SELL_VOUCHER, c)));
        bytes memory theirs = approvedBy(act.quote, desk, keccak256(abi.encode(T.SALE_QUOTE, q)));
        return abi.encodeCall(ISalesDesk.sell, (c, mine, q, theirs, o, offered));
    }

    function _redeemCall(Act memory act) private view returns (bytes memory) {
        S.RedeemVoucher memory c;
        (c.participant, c.voucher) = (uint32(act.head.participant), uint64(act.voucher));
        (c.start, c.end, c.amount, c.rate) = (uint64(act.start), uint64(act.end), uint64(act.amount), uint32(act.rate));
        (c.nonce, c.deadline) = (act.head.nonce, uint64(act.head.deadline));
        S.RedemptionQuote memory q;
        (q.participant, q.taker, q.voucher) = (uint32(act.quote.participant), c.participant, c.voucher);
        (q.start, q.end, q.amount, q.rate) = (c.start, c.end, c.amount, c.rate);
        (q.nonce, q.deadline) = (act.quote.nonce, uint64(act.quote.deadline));
        if (act.differs == Differs.Taker) ++q.taker;
        else if (act.differs == Differs.Voucher) ++q.voucher;
        else if (act.differs == Differs.Start) ++q.start;
        else if (act.differs == Differs.End) ++q.end;
        else if (act.differs == Differs.Amount) ++q.amount;
        else if (act.differs == Differs.Rate) ++q.rate;
        address desk = address(sales);
        bytes memory mine = approvedBy(act.head, desk, keccak256(abi.encode(T.REDEEM_VOUCHER, c)));
        bytes memory theirs = approvedBy(act.quote, desk, keccak256(abi.encode(T.REDEMPTION_QUOTE, q)));
        return abi.encodeCall(ISalesDesk.redeem, (c, mine, q, theirs));
    }

    function _pledgeCall(Act memory act) private view returns (bytes memory) {
        S.PledgeVoucher memory c;
        (c.participant, c.lender, c.voucher) = (uint32(act.head.participant), uint32(act.to), uint64(act.voucher));
        (c.start, c.end, c.amount) = (uint64(act.start), uint64(act.end), uint64(act.amount));
        (c.advance, c.ltv, c.rate, c.due) = (uint64(act.advance), uint32(act.ltv), uint32(act.rate), uint16(act.day));
        (c.registration, c.nonce, c.deadline) = (act.word, act.head.nonce, uint64(act.head.deadline));
        S.PledgeQuote memory q;
        (q.participant, q.taker, q.voucher) = (uint32(act.quote.participant), c.participant, c.voucher);
        (q.start, q.end, q.amount) = (c.start, c.end, c.amount);
        (q.advance, q.ltv, q.rate, q.due) = (c.advance, c.ltv, c.rate, c.due);
        (q.registration, q.nonce, q.deadline) = (c.registration, act.quote.nonce, uint64(act.quote.deadline));
        if (act.differs == Differs.Taker) ++q.taker;
        else if (act.differs == Differs.Voucher) ++q.voucher;
        else if (act.differs == Differs.Start) ++q.start;
        else if (act.differs == Differs.End) ++q.end;
        else if (act.differs == Differs.Amount) ++q.amount;
        else if (act.differs == Differs.Advance) ++q.advance;
        else if (act.differs == Differs.Ltv) ++q.ltv;
        else if (act.differs == Differs.Rate) ++q.rate;
        else if (act.differs == Differs.Due) ++q.due;
        else if (act.differs == Differs.Registration) q.registration = ~q.registration;
        address desk = address(loans);
        bytes memory mine = approvedBy(act.head, desk, keccak256(abi.encode(T.PLEDGE_VOUCHER, c)));
        bytes memory theirs = approvedBy(act.quote, desk, keccak256(abi.encode(T.PLEDGE_QUOTE, q)));
        return abi.encodeCall(ILoansDesk.pledge, (c, mine, q, theirs));
    }

    function _moneyCall(Act memory act) private view returns (address desk, bytes memory call) {
        Head memory head = act.head;
        desk = uint256(act.verb) >= uint256(Verb.IssueDeposit) ? address(deposits) : address(settlement);
        if (act.verb == Verb.Pay) {
            S.PayPayable memory c = S.PayPayable(
                uint32(head.participant), uint32(act.payableId), uint64(act.amount), head.nonce, uint64(head.deadline)
            );
            bytes32 hash = keccak256(abi.encode(T.PAY_PAYABLE, c));
            call = abi.encodeCall(ISettlementDesk.pay, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.Attest) {
            S.AttestPayment memory c;
            (c.participant, c.payableId, c.amount) = (uint32(head.participant), uint32(act.payableId), uint64(act.amount));
            (c.valueDay, c.paymentReference) = (uint16(act.day), act.word);
            (c.nonce, c.deadline) = (head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.ATTEST_PAYMENT, c));
            call = abi.encodeCall(ISettlementDesk.attest, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.ApplyUnapplied) {
            call = abi.encodeCall(ISettlementDesk.applyUnapplied, (uint32(act.payableId)));
        } else if (act.verb == Verb.ReturnUnapplied) {
            S.ReturnUnapplied memory c;
            (c.participant, c.payableId, c.amount) = (uint32(head.participant), uint32(act.payableId), uint64(act.amount));
            (c.paymentReference, c.nonce, c.deadline) = (act.word, head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.RETURN_UNAPPLIED, c));
            call = abi.encodeCall(ISettlementDesk.returnUnapplied, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.ConfirmPayout) {
            S.ConfirmPayout memory c;
            (c.participant, c.payout, c.amount) = (uint32(head.participant), uint64(act.number), uint64(act.amount));
            (c.paymentReference, c.nonce, c.deadline) = (act.word, head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.CONFIRM_PAYOUT, c));
            call = abi.encodeCall(ISettlementDesk.confirmPayout, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.ReturnPayout) {
            S.ReturnPayout memory c;
            (c.participant, c.payout, c.amount) = (uint32(head.participant), uint64(act.number), uint64(act.amount));
            (c.paymentReference, c.nonce, c.deadline) = (act.word, head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.RETURN_PAYOUT, c));
            call = abi.encodeCall(ISettlementDesk.returnPayout, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.Settle) {
            uint64[] memory ids = new uint64[](act.ids.length);
            for (uint256 i; i < ids.length; ++i) {
                ids[i] = uint64(act.ids[i]);
            }
            call = abi.encodeCall(ISettlementDesk.settle, (ids));
        } else if (act.verb == Verb.IssueDeposit) {
            S.IssueDeposit memory c;
            (c.participant, c.to, c.amount) = (uint32(head.participant), uint32(act.to), uint64(act.amount));
            (c.paymentReference, c.nonce, c.deadline) = (act.word, head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.ISSUE_DEPOSIT, c));
            call = abi.encodeCall(IDepositsDesk.issueDeposit, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.WithdrawDeposit) {
            S.WithdrawDeposit memory c;
            (c.participant, c.bank, c.amount) =
                (uint32(head.participant), uint32(act.quote.participant), uint64(act.amount));
            (c.paymentReference, c.nonce, c.deadline) = (act.word, head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.WITHDRAW_DEPOSIT, c));
            bytes memory theirs = approvedBy(act.quote, desk, hash);
            call = abi.encodeCall(IDepositsDesk.withdrawDeposit, (c, approvedBy(head, desk, hash), theirs));
        } else {
            S.MoveDeposit memory c;
            (c.participant, c.bank, c.to) = (uint32(head.participant), uint32(act.bank), uint32(act.to));
            (c.amount, c.purpose, c.nonce, c.deadline) =
                (uint64(act.amount), act.word, head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.MOVE_DEPOSIT, c));
            call = abi.encodeCall(IDepositsDesk.moveDeposit, (c, approvedBy(head, desk, hash)));
        }
    }

    function _officeCall(Act memory act) private view returns (address desk, bytes memory call) {
        Head memory head = act.head;
        desk = address(oversight);
        if (act.verb == Verb.FreezeRange) {
            S.FreezeRange memory c;
            (c.participant, c.payableId) = (uint32(head.participant), uint32(act.payableId));
            (c.start, c.end, c.caseCommitment) = (uint64(act.start), uint64(act.end), act.word);
            (c.reviewDay, c.nonce, c.deadline) = (uint16(act.day), head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.FREEZE_RANGE, c));
            call = abi.encodeCall(IOversightDesk.freeze, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.UnfreezeRange) {
            S.UnfreezeRange memory c;
            (c.participant, c.payableId) = (uint32(head.participant), uint32(act.payableId));
            (c.freeze, c.caseCommitment) = (uint8(act.number), act.word);
            (c.nonce, c.deadline) = (head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.UNFREEZE_RANGE, c));
            call = abi.encodeCall(IOversightDesk.unfreeze, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.FreezeParticipant) {
            S.FreezeParticipant memory c;
            (c.participant, c.subject) = (uint32(head.participant), uint32(act.to));
            (c.caseCommitment, c.reviewDay) = (act.word, uint16(act.day));
            (c.nonce, c.deadline) = (head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.FREEZE_PARTICIPANT, c));
            call = abi.encodeCall(IOversightDesk.freezeParticipant, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.UnfreezeParticipant) {
            S.UnfreezeParticipant memory c = S.UnfreezeParticipant(
                uint32(head.participant), uint32(act.to), act.word, head.nonce, uint64(head.deadline)
            );
            bytes32 hash = keccak256(abi.encode(T.UNFREEZE_PARTICIPANT, c));
            call = abi.encodeCall(IOversightDesk.unfreezeParticipant, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.SetLimit) {
            desk = address(exposure);
            S.SetLimit memory c = S.SetLimit(
                uint32(head.participant), uint32(act.to), uint64(act.amount), head.nonce, uint64(head.deadline)
            );
            bytes32 hash = keccak256(abi.encode(T.SET_LIMIT, c));
            call = abi.encodeCall(IExposureDesk.setLimit, (c, approvedBy(head, desk, hash)));
        } else if (act.verb == Verb.SetRules) {
            desk = address(rules);
            S.SetRules memory c;
            (c.participant, c.bank) = (uint32(head.participant), uint32(act.quote.participant));
            (c.rules, c.nonce, c.deadline) = (ruleSetOf(act.rules), head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(
                abi.encode(
                    T.SET_RULES, c.participant, c.bank, keccak256(abi.encode(T.RULE_SET, c.rules)), c.nonce, c.deadline
                )
            );
            bytes memory theirs = approvedBy(act.quote, desk, hash);
            call = abi.encodeCall(IRulesDesk.setRules, (c, approvedBy(head, desk, hash), theirs));
        } else {
            desk = address(rules);
            S.SetHolidays memory c;
            (c.participant, c.bank) = (uint32(head.participant), uint32(act.quote.participant));
            (c.firstDay, c.holidays) = (uint16(act.day), act.number);
            (c.nonce, c.deadline) = (head.nonce, uint64(head.deadline));
            bytes32 hash = keccak256(abi.encode(T.SET_HOLIDAYS, c));
            bytes memory theirs = approvedBy(act.quote, desk, hash);
            call = abi.encodeCall(IRulesDesk.setHolidays, (c, approvedBy(head, desk, hash), theirs));
        }
    }

    function _adminCall(Act memory act) private view returns (address desk, bytes memory call) {
        desk = address(administration);
        Verb verb = act.verb;
        if (verb == Verb.Trespass) return _trespass(act.number);
        if (verb == Verb.Admit) return (desk, _admitCall(act));
        if (verb == Verb.ProposeRecovery) return (desk, _recoveryCall(act));
        if (verb == Verb.CompleteRecovery) {
            return (desk, abi.encodeCall(IAdministrationDesk.completeRecovery, (proposed(act))));
        }
        if (verb == Verb.ProposeVersion) return (desk, _versionCall(act));
        if (verb == Verb.CompleteVersion) {
            return (desk, abi.encodeCall(IAdministrationDesk.completeVersion, (versioned(act))));
        }
        return (desk, _keysCall(act));
    }

    function _keysCall(Act memory act) private view returns (bytes memory) {
        Head memory head = act.head;
        address desk = address(administration);
        (uint32 party, uint256 nonce, uint64 deadline) = (uint32(head.participant), head.nonce, uint64(head.deadline));
        if (act.verb == Verb.Suspend) {
            S.SuspendParticipant memory c =
                S.SuspendParticipant(party, uint32(act.to), act.flag, act.word, nonce, deadline);
            bytes32 hash = keccak256(abi.encode(T.SUSPEND_PARTICIPANT, c));
            return abi.encodeCall(IAdministrationDesk.suspend, (c, approvedBy(head, desk, hash)));
        }
        if (act.verb == Verb.Pause) {
            S.PauseLedger memory c = S.PauseLedger(party, act.flag, act.word, nonce, deadline);
            bytes32 hash = keccak256(abi.encode(T.PAUSE_LEDGER, c));
            return abi.encodeCall(IAdministrationDesk.pause, (c, approvedBy(head, desk, hash)));
        }
        if (act.verb == Verb.VoidNonce) {
            S.VoidNonce memory c = S.VoidNonce(party, act.number, nonce, deadline);
            bytes32 hash = keccak256(abi.encode(T.VOID_NONCE, c));
            return abi.encodeCall(IAdministrationDesk.voidNonce, (c, approvedBy(head, desk, hash)));
        }
        if (act.verb == Verb.AddSigner) {
            S.AddSigner memory c = S.AddSigner(party, signerOf(act.keys[0]), nonce, deadline);
            bytes32 hash = keccak256(abi.encode(T.ADD_SIGNER, party, _hash(c.signer), nonce, deadline));
            bytes memory proof = proofs(act.keys, digestOf(desk, hash))[0];
            return abi.encodeCall(IAdministrationDesk.addSigner, (c, approvedBy(head, desk, hash), proof));
        }
        if (act.verb == Verb.RevokeSigner) {
            S.RevokeSigner memory c = S.RevokeSigner(party, uint8(act.number), act.word, nonce, deadline);
            bytes32 hash = keccak256(abi.encode(T.REVOKE_SIGNER, c));
            return abi.encodeCall(IAdministrationDesk.revokeSigner, (c, approvedBy(head, desk, hash)));
        }
        if (act.verb == Verb.VetoRecovery) {
            S.VetoRecovery memory c = S.VetoRecovery(party, nonce, deadline);
            bytes32 hash = keccak256(abi.encode(T.VETO_RECOVERY, c));
            return abi.encodeCall(IAdministrationDesk.vetoRecovery, (c, approvedBy(head, desk, hash)));
        }
        S.SetThreshold memory t =
            S.SetThreshold(party, uint8(act.low), uint8(act.high), uint64(act.highFrom), nonce, deadline);
        bytes32 structHash = keccak256(abi.encode(T.SET_THRESHOLD, t));
        return abi.encodeCall(IAdministrationDesk.setThreshold, (t, approvedBy(head, desk, structHash)));
    }

    function _admitCall(Act memory act) private view returns (bytes memory) {
        S.AdmitParticipant memory c;
        c.participant = uint32(act.head.participant);
        (c.cosigner, c.secondCosigner) = (uint32(act.quote.participant), uint32(act.offer.participant));
        (c.roles, c.identity, c.recoveryBank) = (uint16(act.roles), act.word, uint32(act.bank));
        (c.thresholdLow, c.thresholdHigh, c.highFrom) = (uint8(act.low), uint8(act.high), uint64(act.highFrom));
        (c.signers, c.nonce, c.deadline) = (signersOf(act.keys), act.head.nonce, uint64(act.head.deadline));
        bytes memory start =
            abi.encode(T.ADMIT_PARTICIPANT, c.participant, c.cosigner, c.secondCosigner, c.roles, c.identity);
        bytes memory middle = abi.encode(c.recoveryBank, c.thresholdLow, c.thresholdHigh, c.highFrom);
        bytes32 hash =
            keccak256(bytes.concat(start, middle, abi.encode(_hash(c.signers), c.nonce, c.deadline)));
        address desk = address(administration);
        bytes memory mine = approvedBy(act.head, desk, hash);
        bytes memory theirs = approvedBy(act.quote, desk, hash);
        bytes memory others = approvedBy(act.offer, desk, hash);
        bytes[] memory proved = proofs(act.keys, digestOf(desk, hash));
        return abi.encodeCall(IAdministrationDesk.admit, (c, mine, theirs, others, proved));
    }

    function proposed(Act memory act) internal pure returns (S.ProposeRecovery memory c) {
        (c.participant, c.subject) = (uint32(act.head.participant), uint32(act.to));
        (c.thresholdLow, c.thresholdHigh, c.highFrom) = (uint8(act.low), uint8(act.high), uint64(act.highFrom));
        (c.signers, c.nonce, c.deadline) = (signersOf(act.keys), act.head.nonce, uint64(act.head.deadline));
    }

    function _recoveryCall(Act memory act) private view returns (bytes memory) {
        S.ProposeRecovery memory c = proposed(act);
        bytes memory start =
            abi.encode(T.PROPOSE_RECOVERY, c.participant, c.subject, c.thresholdLow, c.thresholdHigh, c.highFrom);
        bytes32 hash = keccak256(bytes.concat(start, abi.encode(_hash(c.signers), c.nonce, c.deadline)));
        address desk = address(administration);
        bytes[] memory proved = proofs(act.keys, digestOf(desk, hash));
        bytes memory theirs = approvedBy(act.quote, desk, hash);
        return abi.encodeCall(
            IAdministrationDesk.proposeRecovery, (c, approvedBy(act.head, desk, hash), theirs, proved)
        );
    }

    function versioned(Act memory act) internal view returns (S.AddVersion memory c) {
        c.participant = uint32(act.head.participant);
        (c.bank, c.secondBank) = (uint32(act.quote.participant), uint32(act.offer.participant));
        (c.nonce, c.deadline) = (act.head.nonce, uint64(act.head.deadline));
        c.desks = new address[](1);
        // Any contract will do; nothing ever stands at the other address.
        c.desks[0] = act.flag ? address(0xdead) : verifier;
    }

    function _versionCall(Act memory act) private view returns (bytes memory) {
        S.AddVersion memory c = versioned(act);
        bytes32 list = keccak256(abi.encodePacked(uint256(uint160(c.desks[0]))));
        bytes32 hash = keccak256(
            abi.encode(T.ADD_VERSION, c.participant, c.bank, c.secondBank, list, c.nonce, c.deadline)
        );
        address desk = address(administration);
        bytes memory theirs = approvedBy(act.quote, desk, hash);
        bytes memory others = approvedBy(act.offer, desk, hash);
        return abi.encodeCall(
            IAdministrationDesk.proposeVersion, (c, approvedBy(act.head, desk, hash), theirs, others)
        );
    }

    /// @dev Doors between desks, and ERC-721's: a stranger's knock is always refused.
    function _trespass(uint256 door) private view returns (address, bytes memory) {
        uint64 root = (1 << 32) | 1;
        if (door == 0) return (address(vouchers), abi.encodeCall(IVouchersDesk.pay, (1, 1)));
        if (door == 1) return (address(vouchers), abi.encodeCall(IVouchersDesk.cut, (root, 1)));
        if (door == 2) return (address(vouchers), abi.encodeCall(IVouchersDesk.turnBack, (root, 1, 0)));
        if (door == 3) return (address(vouchers), abi.encodeCall(IVouchersDesk.freeLien, (root)));
        if (door == 4) return (address(vouchers), abi.encodeCall(IVouchersDesk.settlePledged, (root, 1, true)));
        if (door == 5) return (address(deposits), abi.encodeCall(IDepositsDesk.move, (6, 1, 2, 1, "mine")));
        if (door == 6) return (address(deposits), abi.encodeCall(IDepositsDesk.hold, (6, 1, 1, 1)));
        if (door == 7) return (address(deposits), abi.encodeCall(IDepositsDesk.takeReference, (6, "mine", "mine")));
        if (door == 8) return (address(exposure), abi.encodeCall(IExposureDesk.issued, (1, 1)));
        if (door == 9) return (address(invoices), abi.encodeCall(IInvoicesView.use, (1, new S.InvoiceUse[](0))));
        if (door == 10) return (address(loans), abi.encodeCall(ILoansDesk.applyShare, (root, 1, 1)));
        if (door == 11) return (address(participants), abi.encodeCall(IParticipantsView.setPaused, (true, "mine")));
        if (door == 12) return (address(participants), abi.encodeCall(IParticipantsView.setFrozen, (1, true)));
        if (door == 13) return (address(participants), abi.encodeCall(IParticipantsView.voidNonce, (1, 1)));
        if (door == 14) return (address(vouchers), abi.encodeCall(IVouchersDesk.approve, (address(this), root)));
        if (door == 15) {
            return (address(vouchers), abi.encodeCall(IVouchersDesk.transferFrom, (address(this), address(this), root)));
        }
        if (door == 16) return (address(vouchers), abi.encodeCall(IVouchersDesk.balanceOf, (address(this))));
        // A batch that holds less than it says.
        address[] memory desks = new address[](1);
        desks[0] = address(vouchers);
        return (address(relay), abi.encodeCall(IRelayDesk.relay, (desks, 1, hex"00000009")));
    }

    // ---- hashes of what is not a row of words

    function fingerprintOf(uint256 invoice) internal pure returns (bytes32) {
        return keccak256(abi.encode("an invoice", invoice));
    }

    function fingerprints(uint256[] memory all) internal pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](all.length);
        for (uint256 i; i < all.length; ++i) {
            hashes[i] = fingerprintOf(all[i]);
        }
    }

    function usesOf(Use[] memory uses) internal pure returns (S.InvoiceUse[] memory all) {
        all = new S.InvoiceUse[](uses.length);
        for (uint256 i; i < uses.length; ++i) {
            all[i] = S.InvoiceUse(fingerprintOf(uses[i].invoice), uint64(uses[i].total), uint64(uses[i].used));
        }
    }

    function _hash(S.InvoiceUse[] memory all) private pure returns (bytes32) {
        bytes memory joined;
        for (uint256 i; i < all.length; ++i) {
            joined = bytes.concat(joined, keccak256(abi.encode(T.INVOICE_USE, all[i])));
        }
        return keccak256(joined);
    }

    function _hash(S.IssuePayable memory c) private pure returns (bytes32) {
        bytes memory start = abi.encode(T.ISSUE_PAYABLE, c.participant, c.to, c.bank, c.face, c.maturity, c.evidence);
        return keccak256(bytes.concat(start, abi.encode(_hash(c.invoices), c.nonce, c.deadline)));
    }

    function _hash(S.TransferVoucher memory c) private pure returns (bytes32) {
        bytes memory joined;
        for (uint256 i; i < c.parts.length; ++i) {
            joined = bytes.concat(joined, keccak256(abi.encode(T.PART, c.parts[i])));
        }
        return keccak256(abi.encode(T.TRANSFER_VOUCHER, c.participant, keccak256(joined), c.nonce, c.deadline));
    }

    function _hash(S.Signer memory signer) private pure returns (bytes32) {
        return keccak256(
            abi.encode(T.SIGNER, keccak256(signer.key), signer.duty, signer.expiry, signer.certificate)
        );
    }

    function _hash(S.Signer[] memory signers) private pure returns (bytes32) {
        bytes memory joined;
        for (uint256 i; i < signers.length; ++i) {
            joined = bytes.concat(joined, _hash(signers[i]));
        }
        return keccak256(joined);
    }
}
