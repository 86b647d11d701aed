// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {BusinessDay} from "../libraries/BusinessDay.sol";
import {Desk} from "../registry/Desk.sol";
import {IExposure} from "../interfaces/IRegistry.sol";
import {IFreezes, IVouchers, OfferEnd} from "../interfaces/IVouchers.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {
    FLAG_COST_SHARED, FLAG_RECOURSE, Limits, Payable, PayableState, Tally, Voucher, VoucherState
} from "../types/Records.sol";
import {NOBODY, ParticipantId, PayableId, ROOT_SERIAL, SaleId, VoucherId} from "../types/Ids.sol";
import {
    AmountExceedsVoucher, NotDesk, NotHolder, ParticipantFrozen, PastMaturity, PieceTooSmall, RangeFrozen,
    TooManyPieces, TooManyRedemptions, UnknownVoucher, VoucherNotHeld, ZeroAmount
} from "../types/Errors.sol";

/// @notice The desks of one ledger version and the registry they share.
struct Parts {
    IParticipants participants;
    IExposure exposure;
    IFreezes oversight;
    address issuance;
    address offers;
    address sales;
    address loans;
    address settlement;
}

/// @notice The records of payables and vouchers and every transition of them; who may ask for one is said at its door.
abstract contract VoucherRegister is Desk, IVouchers {
    /// @dev Redeemed ranges of a payable; settlement walks them.
    uint256 internal constant REDEMPTIONS_MAX = 32;

    struct Range {
        uint56 start;
        uint56 end;
    }

    IExposure public immutable exposure;
    IFreezes public immutable oversight;
    address public immutable issuance;
    address public immutable offers;
    address public immutable sales;
    address public immutable loans;
    address public immutable settlement;

    uint32 public payableCount;
    mapping(PayableId => Payable) internal _payables;
    mapping(PayableId => Tally) internal _tallies;
    mapping(VoucherId => Voucher) internal _vouchers;
    mapping(uint16 rules => Limits) internal _limits;
    mapping(VoucherId => SaleId) internal _recourse;
    mapping(PayableId => mapping(uint256 number => Range)) internal _redeemed;

    constructor(Parts memory parts) Desk(parts.participants) {
        exposure = parts.exposure;
        oversight = parts.oversight;
        issuance = parts.issuance;
        offers = parts.offers;
        sales = parts.sales;
        loans = parts.loans;
        settlement = parts.settlement;
    }

    modifier onlyFrom(address desk) {
        if (msg.sender != desk) revert NotDesk(msg.sender);
        _;
    }

    // ---- transitions asked by desks

    /// @inheritdoc IVouchers
    function open(Payable calldata terms, Limits calldata limits, bytes32 evidence)
        external
        onlyFrom(issuance)
        returns (PayableId payableId)
    {
        payableId = PayableId.wrap(++payableCount);
        _payables[payableId] = terms;
        if (_limits[terms.rules].offerDays == 0) _limits[terms.rules] = limits;
        emit PayableIssued(
            payableId,
            terms.obligor,
            terms.offeree,
            terms.bank,
            terms.face,
            terms.maturity,
            terms.due,
            terms.rules,
            terms.invoices,
            evidence
        );
    }

    /// @inheritdoc IVouchers
    function endOffer(VoucherId id, OfferEnd reason, bytes32 detail) external onlyFrom(offers) {
        PayableId payableId = id.payableOf();
        if (_payables[payableId].state == PayableState.Offered) {
            _payables[payableId].state = PayableState.Cancelled;
            emit PayableCancelled(payableId, reason, detail);
            return;
        }
        (_vouchers[id].state, _vouchers[id].counterparty) = (VoucherState.Held, NOBODY);
        emit OfferEnded(id, reason, detail);
    }

    /// @inheritdoc IVouchers
    function cut(VoucherId id, uint64 amount) external returns (VoucherId part) {
        if (msg.sender != sales && msg.sender != loans) revert NotDesk(msg.sender);
        Voucher memory voucher = _current(id);
        (part,) = _cut(id, voucher, amount);
    }

    /// @inheritdoc IVouchers
    function sell(VoucherId id, ParticipantId buyer, SaleId recourse, bool costShared) external onlyFrom(sales) {
        Voucher memory voucher = _current(id);
        ParticipantId seller = voucher.holder;
        ++voucher.depth;
        voucher.holder = buyer;
        if (costShared) voucher.flags |= FLAG_COST_SHARED;
        _setRecourse(id, voucher, recourse);
        _vouchers[id] = voucher;
        emit VoucherSold(id, buyer, recourse, costShared);
        emit IERC721.Transfer(_account(seller), _account(buyer), VoucherId.unwrap(id));
    }

    /// @inheritdoc IVouchers
    function turnBack(VoucherId id, ParticipantId seller, SaleId recourse) external onlyFrom(sales) {
        Voucher memory voucher = _current(id);
        emit IERC721.Transfer(_account(voucher.holder), _account(seller), VoucherId.unwrap(id));
        voucher.holder = seller;
        _setRecourse(id, voucher, recourse);
        _vouchers[id] = voucher;
        emit VoucherTurnedBack(id, seller, recourse);
    }

    /// @inheritdoc IVouchers
    function pledge(VoucherId id, ParticipantId lender) external onlyFrom(loans) {
        Voucher memory voucher = _current(id);
        (voucher.state, voucher.counterparty) = (VoucherState.Pledged, lender);
        _vouchers[id] = voucher;
        emit VoucherPledged(id, lender);
    }

    /// @inheritdoc IVouchers
    function freeLien(VoucherId id) external onlyFrom(loans) {
        (_vouchers[id].state, _vouchers[id].counterparty) = (VoucherState.Held, NOBODY);
        emit VoucherFreed(id);
    }

    /// @inheritdoc IVouchers
    function redeem(VoucherId id) external onlyFrom(sales) {
        PayableId payableId = id.payableOf();
        Voucher memory voucher = _current(id);
        Tally memory tally = _tallies[payableId];
        if (tally.redemptions == REDEMPTIONS_MAX) revert TooManyRedemptions(payableId, REDEMPTIONS_MAX);
        uint56 amount = voucher.end - voucher.start;
        _redeemed[payableId][tally.redemptions++] = Range(voucher.start, voucher.end);
        tally.live -= amount;
        tally.redeemed += amount;
        --tally.pieces;
        _tallies[payableId] = tally;
        emit VoucherRedeemed(id);
        _close(id, voucher);
        _reduce(payableId, amount, tally.live);
    }

    /// @inheritdoc IVouchers
    function pay(PayableId payableId, uint64 principal) external onlyFrom(settlement) {
        Tally storage tally = _tallies[payableId];
        // Settlement has checked that no more than the live principal is paid; this would revert otherwise.
        uint56 live = tally.live - uint56(principal);
        tally.live = live;
        tally.paid += uint56(principal);
        emit PrincipalPaid(payableId, principal);
        _reduce(payableId, principal, live);
    }

    /// @inheritdoc IVouchers
    function settle(VoucherId id, uint16 settled, bool lienEnds) external onlyFrom(settlement) {
        Voucher memory voucher = _current(id);
        voucher.settled = settled;
        if (lienEnds) {
            (voucher.state, voucher.counterparty) = (VoucherState.Held, NOBODY);
            emit VoucherFreed(id);
        }
        PayableId payableId = id.payableOf();
        if (_payables[payableId].state != PayableState.Settled) {
            _vouchers[id] = voucher;
            return;
        }
        --_tallies[payableId].pieces;
        _close(id, voucher);
    }

    /// @inheritdoc IVouchers
    function setFreezes(PayableId payableId, uint8 freezes) external onlyFrom(address(oversight)) {
        _payables[payableId].freezes = freezes;
        emit FreezesChanged(payableId, freezes);
    }

    // ---- views

    /// @inheritdoc IVouchers
    function payableOf(PayableId payableId) external view returns (Payable memory) {
        return _payables[payableId];
    }

    /// @inheritdoc IVouchers
    function tallyOf(PayableId payableId) external view returns (Tally memory) {
        return _tallies[payableId];
    }

    /// @inheritdoc IVouchers
    function voucherOf(VoucherId id) external view returns (Voucher memory) {
        return _current(id);
    }

    /// @inheritdoc IVouchers
    function offerOf(VoucherId id) external view returns (ParticipantId, ParticipantId) {
        (Voucher memory voucher, bool open_) = _offer(id);
        return open_ ? (voucher.holder, voucher.counterparty) : (NOBODY, NOBODY);
    }

    /// @inheritdoc IVouchers
    function recourseOf(VoucherId id) external view returns (SaleId) {
        return _vouchers[id].flags & FLAG_RECOURSE == 0 ? SaleId.wrap(0) : _recourse[id];
    }

    /// @inheritdoc IVouchers
    function unitsBelow(PayableId payableId, uint256 unit) external view returns (uint256 units) {
        units = unit;
        uint256 redemptions = _tallies[payableId].redemptions;
        for (uint256 i; i < redemptions; ++i) {
            Range memory range = _redeemed[payableId][i];
            if (range.start < unit) units -= (range.end < unit ? range.end : unit) - range.start;
        }
    }

    /// @inheritdoc IVouchers
    function requireDisposable(VoucherId id, ParticipantId holder)
        external
        view
        returns (Voucher memory voucher, Payable memory payable_)
    {
        voucher = _current(id);
        payable_ = _payables[id.payableOf()];
        _requireDisposable(id, voucher, _payables[id.payableOf()], holder);
    }

    /// @inheritdoc IVouchers
    function isFrozen(VoucherId id) external view returns (bool frozen) {
        Voucher storage voucher = _vouchers[id];
        (frozen,) = oversight.frozen(id.payableOf(), voucher.start, voucher.end, 0);
    }

    /// @inheritdoc IVouchers
    function requireNotFrozen(VoucherId id) external view {
        Voucher memory voucher = _current(id);
        _requireUnfrozen(id, voucher, _payables[id.payableOf()]);
        (bool frozen,) = participants.frozenSince(voucher.holder);
        if (frozen) revert ParticipantFrozen(voucher.holder);
    }

    // ---- private

    /// @dev The voucher as it stands now. The root of a payable that nobody has accepted is read off the payable.
    function _current(VoucherId id) internal view returns (Voucher memory voucher) {
        voucher = _vouchers[id];
        PayableId payableId = id.payableOf();
        if (voucher.state == VoucherState.None) return _rootOffer(id, payableId);
        if (voucher.state == VoucherState.Offered && _offerEnded(id, voucher)) {
            (voucher.state, voucher.counterparty) = (VoucherState.Held, NOBODY);
        }
    }

    /// @dev A voucher, and whether an offer of it may still be answered; nothing of an unknown one.
    function _offer(VoucherId id) internal view returns (Voucher memory voucher, bool open_) {
        bool known = _vouchers[id].state != VoucherState.None
            || (id.serialOf() == ROOT_SERIAL && _payables[id.payableOf()].state != PayableState.None);
        if (!known) return (voucher, false);
        voucher = _current(id);
        // `_current` leaves the root of an offered payable offered until it is lapsed; past its time nobody may answer it.
        open_ = voucher.state == VoucherState.Offered && !_offerEnded(id, voucher);
    }

    function _rootOffer(VoucherId id, PayableId payableId) private view returns (Voucher memory voucher) {
        Payable storage payable_ = _payables[payableId];
        if (id.serialOf() != ROOT_SERIAL || payable_.state == PayableState.None) revert UnknownVoucher(id);
        (voucher.end, voucher.holder, voucher.offeredAt) = (payable_.face, payable_.obligor, payable_.offeredAt);
        voucher.state = VoucherState.Closed;
        if (payable_.state == PayableState.Offered) {
            (voucher.state, voucher.counterparty) = (VoucherState.Offered, payable_.offeree);
        }
    }

    /// @dev An offer lapses after its days and at maturity at the latest, and ends with a freeze of its range or of a side.
    function _offerEnded(VoucherId id, Voucher memory voucher) internal view returns (bool) {
        Payable storage payable_ = _payables[id.payableOf()];
        uint256 today = BusinessDay.today();
        uint256 lapses = BusinessDay.containing(voucher.offeredAt) + _limits[payable_.rules].offerDays;
        if (today >= lapses || today >= payable_.maturity) return true;
        if (payable_.freezes != 0) {
            (, bool sinceOffer) = oversight.frozen(id.payableOf(), voucher.start, voucher.end, voucher.offeredAt);
            if (sinceOffer) return true;
        }
        (, uint32 holderFrozenAt) = participants.frozenSince(voucher.holder);
        (, uint32 offereeFrozenAt) = participants.frozenSince(voucher.counterparty);
        return holderFrozenAt >= voucher.offeredAt || offereeFrozenAt >= voucher.offeredAt;
    }

    function _requireDisposable(VoucherId id, Voucher memory voucher, Payable storage payable_, ParticipantId holder)
        internal
        view
    {
        if (voucher.holder != holder) revert NotHolder(id, holder);
        if (voucher.state != VoucherState.Held) revert VoucherNotHeld(id, voucher.state);
        uint256 today = BusinessDay.today();
        if (today >= payable_.maturity) revert PastMaturity(id.payableOf(), payable_.maturity, today);
        _requireUnfrozen(id, voucher, payable_);
    }

    function _requireUnfrozen(VoucherId id, Voucher memory voucher, Payable storage payable_) internal view {
        if (payable_.freezes == 0) return;
        (bool frozen,) = oversight.frozen(id.payableOf(), voucher.start, voucher.end, 0);
        if (frozen) revert RangeFrozen(id);
    }

    /// @dev The part below `start + amount` gets a new id unless it is the whole; `voucher` becomes the part.
    function _cut(VoucherId id, Voucher memory voucher, uint64 amount) internal returns (VoucherId, Voucher memory) {
        if (amount == 0) revert ZeroAmount();
        uint256 length = voucher.end - voucher.start;
        if (amount > length) revert AmountExceedsVoucher(id, amount, length);
        if (amount == length) return (id, voucher);
        PayableId payableId = id.payableOf();
        uint56 middle = voucher.start + uint56(amount);
        VoucherId part = _newPiece(id, payableId, length - amount < amount ? length - amount : amount);
        if (voucher.flags & FLAG_RECOURSE != 0) _recourse[part] = _recourse[id];
        uint56 end = voucher.end;
        (voucher.start, voucher.end) = (middle, end);
        _vouchers[id] = voucher;
        voucher.start = middle - uint56(amount);
        voucher.end = middle;
        _vouchers[part] = voucher;
        emit VoucherCut(id, part, middle);
        emit IERC721.Transfer(address(0), _account(voucher.holder), VoucherId.unwrap(part));
        return (part, voucher);
    }

    function _newPiece(VoucherId whole, PayableId payableId, uint256 smaller) private returns (VoucherId) {
        Tally storage tally = _tallies[payableId];
        Limits storage limits = _limits[_payables[payableId].rules];
        (uint256 least, uint256 most) = (limits.pieceMin, limits.piecesMax);
        if (smaller < least) revert PieceTooSmall(whole, smaller, least);
        if (most != 0 && tally.pieces >= most) revert TooManyPieces(payableId, most);
        ++tally.pieces;
        return payableId.voucherOf(++tally.serials);
    }

    function _setRecourse(VoucherId id, Voucher memory voucher, SaleId recourse) private {
        if (SaleId.unwrap(recourse) == 0) {
            voucher.flags &= ~FLAG_RECOURSE;
            return;
        }
        voucher.flags |= FLAG_RECOURSE;
        _recourse[id] = recourse;
    }

    /// @dev A closed voucher keeps its last holder and never changes again.
    function _close(VoucherId id, Voucher memory voucher) internal {
        (voucher.state, voucher.counterparty) = (VoucherState.Closed, NOBODY);
        _vouchers[id] = voucher;
        emit VoucherClosed(id);
        emit IERC721.Transfer(_account(voucher.holder), address(0), VoucherId.unwrap(id));
    }

    /// @dev Takes principal off what the obligor owes; a payable that owes none is settled.
    function _reduce(PayableId payableId, uint64 principal, uint56 live) private {
        Payable storage payable_ = _payables[payableId];
        ParticipantId obligor = payable_.obligor;
        if (principal != 0) exposure.reduced(obligor, principal);
        if (live != 0) return;
        payable_.state = PayableState.Settled;
        exposure.cleared(obligor, payable_.due);
        emit PayableSettled(payableId);
    }

    /// @dev The same as `participants.accountOf`, without asking.
    function _account(ParticipantId participant) internal view returns (address) {
        uint160 high = uint160(address(participants)) & ~uint160(type(uint32).max);
        return address(high | ParticipantId.unwrap(participant));
    }
}
