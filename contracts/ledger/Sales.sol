// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ActWord, newAct} from "../types/ActWord.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {BusinessDay} from "../libraries/BusinessDay.sol";
import {Desk} from "../registry/Desk.sol";
import {IDeposits, IRules} from "../interfaces/IRegistry.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IVouchers} from "../interfaces/IVouchers.sol";
import {Interest} from "../libraries/Interest.sol";
import {
    CostShareOffer, RecourseVoucher, RedeemVoucher, RedemptionQuote, SaleQuote, SellVoucher
} from "../types/Commands.sol";
import {
    FLAG_COST_SHARED, Level, Payable, PayableState, RATE_MAX, RATE_ONE, ROLE_BANK, Sale, Voucher, VoucherState
} from "../types/Records.sol";
import {ParticipantId, SaleId, VoucherId} from "../types/Ids.sol";
import {
    BadTerms, CostShareExceeded, CostShareSpent, NoRecourse, NonceUsed, NotEligible, NotHolder, NotOverdue, QuoteMismatch,
    RangeChanged, RegistrationMissing, SelfTransfer, VoucherNotHeld
} from "../types/Errors.sol";

/// @notice Vouchers turned into money before maturity: sale to a bank, redemption by the obligor; and recourse on a sale.
/// @dev Each is one transaction on two signatures: verify both, cut, pay, record.
contract Sales is Desk {
    bytes32 private constant SALE_QUOTE = keccak256(
        "SaleQuote(uint32 participant,uint32 taker,uint64 voucher,uint64 start,uint64 end,uint64 amount,uint32 rate,bool recourse,bytes32 registration,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant SELL = keccak256(
        "SellVoucher(uint32 participant,uint32 buyer,uint64 voucher,uint64 start,uint64 end,uint64 amount,uint32 rate,bool recourse,uint32 obligorShare,bytes32 registration,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant COST_SHARE = keccak256(
        "CostShareOffer(uint32 participant,uint32 payableId,uint32 shareMax,uint32 rateMax,uint64 budget,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant REDEMPTION_QUOTE = keccak256(
        "RedemptionQuote(uint32 participant,uint32 taker,uint64 voucher,uint64 start,uint64 end,uint64 amount,uint32 rate,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant REDEEM = keccak256(
        "RedeemVoucher(uint32 participant,uint64 voucher,uint64 start,uint64 end,uint64 amount,uint32 rate,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant RECOURSE =
        keccak256("RecourseVoucher(uint32 participant,uint64 voucher,uint256 nonce,uint64 deadline)");

    event SalePriced(
        VoucherId indexed voucher,
        ParticipantId indexed seller,
        ParticipantId indexed buyer,
        uint64 amount,
        uint64 price,
        uint32 rate,
        bytes32 registration
    );
    event CostShareGiven(bytes32 indexed offer, VoucherId indexed voucher, ParticipantId indexed obligor, uint64 amount);
    event RedemptionPriced(VoucherId indexed voucher, ParticipantId indexed holder, uint64 amount, uint64 price, uint32 rate);
    event RecoursePriced(VoucherId indexed voucher, ParticipantId indexed buyer, ParticipantId indexed seller, uint64 price);

    /// @notice The seller's deposit did not cover the recourse price, or is frozen; the demand stands with its date and nothing moved.
    event RecourseDemanded(
        VoucherId indexed voucher, ParticipantId indexed buyer, ParticipantId indexed seller, uint64 price, uint16 day
    );

    IVouchers public immutable vouchers;
    ISettlement public immutable settlement;
    IRules public immutable rules;
    IDeposits public immutable deposits;

    uint32 public saleCount;
    mapping(SaleId => Sale) private _sales;
    mapping(bytes32 offer => uint256) public costShareSpent;
    mapping(ParticipantId obligor => mapping(uint256 nonce => bytes32 offer)) public standingOffer;

    constructor(
        IParticipants participants_, IVouchers vouchers_, ISettlement settlement_, IRules rules_, IDeposits deposits_
    ) Desk(participants_) {
        vouchers = vouchers_;
        settlement = settlement_;
        rules = rules_;
        deposits = deposits_;
    }

    // ---- verbs

    /// @notice The holder takes a bank's quote: face less cost against the voucher, the obligor bearing its share of the cost.
    /// @param offer the obligor's offer to bear a share; not read where the command asks for none
    function sell(
        SellVoucher calldata command,
        bytes calldata approvals,
        SaleQuote calldata quote,
        bytes calldata quoted,
        CostShareOffer calldata offer,
        bytes calldata offered
    ) external {
        _authoriseStoppable(
            command.participant,
            keccak256(abi.encode(SELL, command)),
            command.nonce,
            command.deadline,
            command.amount,
            approvals
        );
        _authoriseStoppable(
            quote.participant, keccak256(abi.encode(SALE_QUOTE, quote)), quote.nonce, quote.deadline, quote.amount, quoted
        );
        _requireSameSale(command, quote);
        (Voucher memory voucher, Payable memory payable_) =
            vouchers.requireDisposable(command.voucher, command.participant);
        if (voucher.start != command.start || voucher.end != command.end) {
            revert RangeChanged(command.voucher, voucher.start, voucher.end);
        }
        _requireSaleTerms(command, voucher, payable_);
        VoucherId part = vouchers.cut(command.voucher, command.amount);
        _paySale(command, payable_, part, offer, offered);
        vouchers.sell(part, command.buyer, _recordSale(command, part), command.obligorShare != 0);
    }

    /// @notice The holder takes the obligor's quote: paid early, less interest to maturity; the range closes.
    function redeem(
        RedeemVoucher calldata command,
        bytes calldata approvals,
        RedemptionQuote calldata quote,
        bytes calldata quoted
    ) external {
        bytes32 structHash = keccak256(abi.encode(REDEEM, command));
        _authoriseStoppable(
            command.participant, structHash, command.nonce, command.deadline, command.amount, approvals
        );
        structHash = keccak256(abi.encode(REDEMPTION_QUOTE, quote));
        _authoriseStoppable(quote.participant, structHash, quote.nonce, quote.deadline, quote.amount, quoted);
        (Voucher memory voucher, Payable memory payable_) =
            vouchers.requireDisposable(command.voucher, command.participant);
        _requireSameRedemption(command, quote, payable_.obligor);
        if (voucher.start != command.start || voucher.end != command.end) {
            revert RangeChanged(command.voucher, voucher.start, voucher.end);
        }
        if (command.rate > RATE_MAX) revert BadTerms("rate", command.rate);
        VoucherId part = vouchers.cut(command.voucher, command.amount);
        uint256 cost = Interest.yearly(command.amount, command.rate, BusinessDay.today(), payable_.maturity);
        uint64 price = uint64(command.amount - cost);
        deposits.move(payable_.bank, payable_.obligor, command.participant, price, "redemption");
        emit RedemptionPriced(part, command.participant, command.amount, price, command.rate);
        vouchers.redeem(part);
    }

    /// @notice The buyer of an overdue voucher turns back to its seller, who pays the price and has the voucher again.
    function recourse(RecourseVoucher calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(RECOURSE, command));
        _authorise(command.participant, structHash, command.nonce, command.deadline, Level.Amount, approvals);
        VoucherId id = command.voucher;
        Voucher memory voucher = vouchers.voucherOf(id);
        if (voucher.state != VoucherState.Held) revert VoucherNotHeld(id, voucher.state);
        if (voucher.holder != command.participant) revert NotHolder(id, command.participant);
        SaleId saleId = vouchers.recourseOf(id);
        if (SaleId.unwrap(saleId) == 0) revert NoRecourse(id);
        Payable memory payable_ = vouchers.payableOf(id.payableOf());
        bool overdue = payable_.state == PayableState.Live && BusinessDay.today() > payable_.due;
        if (!overdue) revert NotOverdue(id.payableOf(), payable_.due);
        vouchers.requireNotFrozen(id);
        settlement.requireCaughtUp(id);
        Sale memory sale = _sales[saleId];
        uint64 price = Interest.toAmount(_recoursePrice(id, sale.rate, payable_.rules));
        (bool sellerFrozen,) = participants.frozenSince(sale.seller);
        if (sellerFrozen || deposits.depositOf(payable_.bank, sale.seller) < price) {
            emit RecourseDemanded(id, command.participant, sale.seller, price, uint16(BusinessDay.today()));
            return;
        }
        if (price != 0) deposits.move(payable_.bank, sale.seller, command.participant, price, "recourse");
        emit RecoursePriced(id, command.participant, sale.seller, price);
        vouchers.turnBack(id, sale.seller, sale.previous);
    }

    // ---- views

    function saleOf(SaleId saleId) external view returns (Sale memory) {
        return _sales[saleId];
    }

    // ---- private

    function _requireSameSale(SellVoucher calldata command, SaleQuote calldata quote) private pure {
        if (quote.participant != command.buyer) revert QuoteMismatch("buyer");
        if (quote.taker != command.participant) revert QuoteMismatch("taker");
        bool sameRange =
            quote.voucher == command.voucher && quote.start == command.start && quote.end == command.end;
        if (!sameRange) revert QuoteMismatch("voucher");
        if (quote.amount != command.amount) revert QuoteMismatch("amount");
        if (quote.rate != command.rate) revert QuoteMismatch("rate");
        if (quote.recourse != command.recourse) revert QuoteMismatch("recourse");
        if (quote.registration != command.registration) revert QuoteMismatch("registration");
    }

    function _requireSameRedemption(RedeemVoucher calldata command, RedemptionQuote calldata quote, ParticipantId obligor)
        private
        pure
    {
        if (quote.participant != obligor) revert QuoteMismatch("obligor");
        if (quote.taker != command.participant) revert QuoteMismatch("taker");
        bool sameRange =
            quote.voucher == command.voucher && quote.start == command.start && quote.end == command.end;
        if (!sameRange) revert QuoteMismatch("voucher");
        if (quote.amount != command.amount) revert QuoteMismatch("amount");
        if (quote.rate != command.rate) revert QuoteMismatch("rate");
    }

    function _requireSaleTerms(SellVoucher calldata command, Voucher memory voucher, Payable memory payable_)
        private
        view
    {
        uint16 roles = participants.rolesOf(command.buyer);
        if (roles & ROLE_BANK == 0) revert NotEligible(command.buyer, roles);
        if (command.buyer == command.participant) revert SelfTransfer(command.buyer);
        if (command.rate > RATE_MAX) revert BadTerms("rate", command.rate);
        if (command.obligorShare > RATE_ONE) revert BadTerms("obligorShare", command.obligorShare);
        bool spent = command.obligorShare != 0 && voucher.flags & FLAG_COST_SHARED != 0;
        if (spent) revert CostShareSpent(command.voucher);
        bool registered = command.registration != 0 || !rules.ruleSet(payable_.rules).registrationRequired;
        if (!registered) revert RegistrationMissing();
    }

    /// @dev The buyer pays face less cost and plus the obligor's share, which the obligor pays to the buyer.
    function _paySale(
        SellVoucher calldata command,
        Payable memory payable_,
        VoucherId part,
        CostShareOffer calldata offer,
        bytes calldata offered
    ) private {
        uint256 cost = Interest.yearly(command.amount, command.rate, BusinessDay.today(), payable_.maturity);
        uint256 borne = Interest.part(cost, command.obligorShare);
        if (command.obligorShare != 0) {
            bytes32 digest = _takeShare(command, payable_, borne, offer, offered);
            emit CostShareGiven(digest, part, payable_.obligor, uint64(borne));
            if (borne != 0) {
                deposits.move(payable_.bank, payable_.obligor, command.buyer, uint64(borne), "cost share");
            }
        }
        uint64 price = uint64(command.amount - cost + borne);
        deposits.move(payable_.bank, command.buyer, command.participant, price, "sale");
        emit SalePriced(
            part, command.participant, command.buyer, command.amount, price, command.rate, command.registration
        );
    }

    /// @dev Takes the obligor's share out of the budget of its own signed offer.
    function _takeShare(
        SellVoucher calldata command,
        Payable memory payable_,
        uint256 borne,
        CostShareOffer calldata offer,
        bytes calldata offered
    ) private returns (bytes32 digest) {
        if (offer.participant != payable_.obligor) revert QuoteMismatch("obligor");
        if (!(offer.payableId == command.voucher.payableOf())) revert QuoteMismatch("payableId");
        if (command.obligorShare > offer.shareMax) revert QuoteMismatch("obligorShare");
        if (command.rate > offer.rateMax) revert QuoteMismatch("rateMax");
        bytes32 structHash = keccak256(abi.encode(COST_SHARE, offer));
        ActWord act = newAct(offer.participant, offer.deadline, offer.budget, Level.Amount, true);
        digest = participants.useStanding(act, offer.nonce, structHash, borne, offered);
        // Of two offers under one nonce the first one used stands, like of two commands.
        bytes32 standing = standingOffer[offer.participant][offer.nonce];
        if (standing != 0 && standing != digest) revert NonceUsed(offer.participant, offer.nonce);
        standingOffer[offer.participant][offer.nonce] = digest;
        uint256 spent = costShareSpent[digest] + borne;
        if (spent > offer.budget) revert CostShareExceeded(spent, offer.budget);
        costShareSpent[digest] = spent;
    }

    /// @dev A sale with recourse remembers the recourse that its seller had; one without ends it.
    function _recordSale(SellVoucher calldata command, VoucherId part) private returns (SaleId saleId) {
        if (!command.recourse) return SaleId.wrap(0);
        saleId = SaleId.wrap(++saleCount);
        _sales[saleId] = Sale(command.participant, command.rate, vouchers.recourseOf(part));
    }

    /// @dev Unpaid principal, its share of carried late interest, and interest at the raised rate since the last payment.
    function _recoursePrice(VoucherId id, uint256 rate, uint16 ruleIndex) private view returns (uint256) {
        (uint256 principal, uint256 carried, uint256 from) = settlement.openClaimOf(id);
        uint256 factor = rules.ruleSet(ruleIndex).overdueMultiplier;
        return principal + carried + Interest.yearlyTimes(principal, rate, factor, from, BusinessDay.today());
    }
}
