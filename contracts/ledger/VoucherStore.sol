// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {BusinessDay} from "../libraries/BusinessDay.sol";
import {Desk} from "../registry/Desk.sol";
import {IExposure} from "../interfaces/IRegistry.sol";
import {IFreezes, IVouchers} from "../interfaces/IVouchers.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {FLAG_RECOURSE, Limits, Payable, PayableState, Tally, Voucher, VoucherState} from "../types/Records.sol";
import {NOBODY, ParticipantId, PayableId, ROOT_SERIAL, SaleId, VoucherId} from "../types/Ids.sol";
import {PayableWord} from "../types/PayableWord.sol";
import {TallyWord} from "../types/TallyWord.sol";
import {VoucherWord} from "../types/VoucherWord.sol";
import {
    AmountExceedsVoucher, NotHolder, ParticipantFrozen, PastMaturity, PieceTooSmall, RangeFrozen, TooManyPieces,
    UnknownVoucher, VoucherNotHeld, ZeroAmount
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

/// @notice The records of payables and vouchers, how they stand now, and the cut that splits them.
abstract contract VoucherStore is Desk, IVouchers {
    /// @dev Redeemed ranges of a payable; settlement walks them.
    uint256 internal constant REDEMPTIONS_MAX = 32;

    /// @dev For who does not know when a freeze of a participant last began.
    uint256 private constant ALWAYS = type(uint256).max;

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
    mapping(PayableId => PayableWord) internal _payables;
    mapping(PayableId => TallyWord) internal _tallies;
    mapping(VoucherId => VoucherWord) internal _vouchers;
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

    // ---- views

    /// @inheritdoc IVouchers
    function payableOf(PayableId payableId) external view returns (Payable memory) {
        return _payables[payableId].toPayable();
    }

    /// @inheritdoc IVouchers
    function tallyOf(PayableId payableId) external view returns (Tally memory) {
        return _tallies[payableId].toTally();
    }

    /// @inheritdoc IVouchers
    function voucherOf(VoucherId id) external view returns (Voucher memory) {
        return _current(id).toVoucher();
    }

    /// @inheritdoc IVouchers
    function wordOf(VoucherId id) external view returns (VoucherWord) {
        return _current(id);
    }

    /// @inheritdoc IVouchers
    function offerOf(VoucherId id) external view returns (ParticipantId, ParticipantId) {
        (VoucherWord voucher, bool open_) = _offer(id, _payables[id.payableOf()], ALWAYS);
        return open_ ? (voucher.holderOf(), voucher.counterpartyOf()) : (NOBODY, NOBODY);
    }

    /// @inheritdoc IVouchers
    function recourseOf(VoucherId id) external view returns (SaleId) {
        return _vouchers[id].flagsOf() & FLAG_RECOURSE == 0 ? SaleId.wrap(0) : _recourse[id];
    }

    /// @inheritdoc IVouchers
    function unitsBelow(PayableId payableId, uint256 unit) external view returns (uint256 units) {
        units = unit;
        uint256 redemptions = _tallies[payableId].redemptionsOf();
        for (uint256 i; i < redemptions; ++i) {
            Range memory range = _redeemed[payableId][i];
            if (range.start < unit) units -= (range.end < unit ? range.end : unit) - range.start;
        }
    }

    /// @inheritdoc IVouchers
    function requireDisposable(VoucherId id, ParticipantId holder)
        external
        view
        returns (Voucher memory, Payable memory)
    {
        (VoucherWord voucher, PayableWord payable_) = (_current(id), _payables[id.payableOf()]);
        _requireDisposable(id, voucher, payable_, holder);
        return (voucher.toVoucher(), payable_.toPayable());
    }

    /// @inheritdoc IVouchers
    function isFrozen(VoucherId id) external view returns (bool frozen) {
        VoucherWord voucher = _vouchers[id];
        (frozen,) = oversight.frozen(id.payableOf(), voucher.startOf(), voucher.endOf(), 0);
    }

    /// @inheritdoc IVouchers
    function requireNotFrozen(VoucherId id) external view {
        VoucherWord voucher = _current(id);
        _requireUnfrozen(id, voucher, _payables[id.payableOf()]);
        (bool frozen,) = participants.frozenSince(voucher.holderOf());
        if (frozen) revert ParticipantFrozen(voucher.holderOf());
    }

    // ---- private

    /// @dev The voucher as it stands now. The root of a payable that nobody has accepted is read off the payable.
    function _current(VoucherId id) internal view returns (VoucherWord voucher) {
        voucher = _vouchers[id];
        if (voucher.isIn(VoucherState.None)) return _rootOffer(id);
        if (!voucher.isIn(VoucherState.Offered)) return voucher;
        if (_offerEnded(id, voucher, _payables[id.payableOf()], ALWAYS)) return voucher.held();
    }

    /// @dev A voucher, and whether an offer of it may still be answered; nothing of an unknown one.
    /// @param frozenAt the last second a freeze of any participant began, or any later one
    function _offer(VoucherId id, PayableWord payable_, uint256 frozenAt)
        internal
        view
        returns (VoucherWord voucher, bool open_)
    {
        voucher = _vouchers[id];
        if (voucher.isIn(VoucherState.None)) {
            if (id.serialOf() != ROOT_SERIAL || payable_.isPayableIn(PayableState.None)) return (voucher, false);
            voucher = _rootOffer(id);
        }
        open_ = voucher.isIn(VoucherState.Offered) && !_offerEnded(id, voucher, payable_, frozenAt);
    }

    function _rootOffer(VoucherId id) private view returns (VoucherWord voucher) {
        PayableWord payable_ = _payables[id.payableOf()];
        if (id.serialOf() != ROOT_SERIAL || payable_.isPayableIn(PayableState.None)) revert UnknownVoucher(id);
        voucher = voucher.withRange(0, payable_.faceOf()).withHolder(payable_.obligorOf());
        return payable_.isPayableIn(PayableState.Offered)
            ? voucher.offered(payable_.offereeOf(), payable_.issuedAtOf())
            : voucher.closed();
    }

    /// @dev An offer lapses after its days and at maturity at the latest, and ends with a freeze of its range or of a side.
    function _offerEnded(VoucherId id, VoucherWord voucher, PayableWord payable_, uint256 frozenAt)
        private
        view
        returns (bool)
    {
        uint256 today = BusinessDay.today();
        uint256 offeredAt = voucher.offeredAtOf();
        uint256 lapses = BusinessDay.containing(offeredAt) + _limits[payable_.rulesOf()].offerDays;
        if (today >= lapses || today >= payable_.maturityOf()) return true;
        if (payable_.freezesOf() != 0) {
            (, bool sinceOffer) =
                oversight.frozen(id.payableOf(), voucher.startOf(), voucher.endOf(), offeredAt);
            if (sinceOffer) return true;
        }
        // Asked only where it could be so.
        return frozenAt >= offeredAt
            && participants.frozenAfter(voucher.holderOf(), voucher.counterpartyOf(), offeredAt);
    }

    function _requireDisposable(VoucherId id, VoucherWord voucher, PayableWord payable_, ParticipantId holder)
        internal
        view
    {
        if (voucher.holderOf() != holder) revert NotHolder(id, holder);
        if (!voucher.isIn(VoucherState.Held)) revert VoucherNotHeld(id, voucher.stateOf());
        uint256 today = BusinessDay.today();
        uint256 maturity = payable_.maturityOf();
        if (today >= maturity) revert PastMaturity(id.payableOf(), maturity, today);
        _requireUnfrozen(id, voucher, payable_);
    }

    function _requireUnfrozen(VoucherId id, VoucherWord voucher, PayableWord payable_) internal view {
        if (payable_.freezesOf() == 0) return;
        (bool frozen,) = oversight.frozen(id.payableOf(), voucher.startOf(), voucher.endOf(), 0);
        if (frozen) revert RangeFrozen(id);
    }

    /// @dev As `_split`, told as an event of its own.
    function _cut(VoucherId id, VoucherWord voucher, PayableWord payable_, uint256 amount)
        internal
        returns (VoucherId part, VoucherWord cut_)
    {
        (part, cut_) = _split(id, voucher, payable_, amount);
        if (part == id) return (part, cut_);
        emit VoucherCut(id, part, uint64(cut_.endOf()));
        emit IERC721.Transfer(address(0), _account(voucher.holderOf()), VoucherId.unwrap(part));
    }

    /// @dev The part below `start + amount` gets a new id unless it is the whole. Its word and events are the caller's.
    function _split(VoucherId id, VoucherWord voucher, PayableWord payable_, uint256 amount)
        internal
        returns (VoucherId part, VoucherWord cut_)
    {
        if (amount == 0) revert ZeroAmount();
        (uint256 start, uint256 end) = (voucher.startOf(), voucher.endOf());
        uint256 length = end - start;
        if (amount > length) revert AmountExceedsVoucher(id, amount, length);
        if (amount == length) return (id, voucher);
        part = _newPiece(id, payable_.rulesOf(), length - amount < amount ? length - amount : amount);
        if (voucher.flagsOf() & FLAG_RECOURSE != 0) _recourse[part] = _recourse[id];
        _vouchers[id] = voucher.withRange(start + amount, end);
        cut_ = voucher.withRange(start, start + amount);
    }

    function _newPiece(VoucherId whole, uint16 rules, uint256 smaller) private returns (VoucherId) {
        PayableId payableId = whole.payableOf();
        Limits storage limits = _limits[rules];
        (uint256 least, uint256 most) = (limits.pieceMin, limits.piecesMax);
        if (smaller < least) revert PieceTooSmall(whole, smaller, least);
        TallyWord tally = _tallies[payableId];
        if (most != 0 && tally.piecesOf() >= most) revert TooManyPieces(payableId, most);
        tally = tally.cutOne();
        _tallies[payableId] = tally;
        return payableId.voucherOf(tally.serialsOf());
    }

    /// @dev The same as `participants.accountOf`, without asking.
    function _account(ParticipantId participant) internal view returns (address) {
        uint160 high = uint160(address(participants)) & ~uint160(type(uint32).max);
        return address(high | ParticipantId.unwrap(participant));
    }
}
