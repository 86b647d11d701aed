// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ParticipantId, PayableId, SaleId, VoucherId} from "../types/Ids.sol";
import {Limits, Payable, Tally, Voucher} from "../types/Records.sol";
import {VoucherWord} from "../types/VoucherWord.sol";

/// @notice Why an offer ended without acceptance.
enum OfferEnd {
    Declined,
    Withdrawn,
    Lapsed
}

/// @notice Payables and the vouchers they are cut into.
/// @dev A payable is the integers [0, face); its vouchers are disjoint ranges that cover it; a cut is the only way to split.
interface IVouchers {
    event PayableIssued(
        PayableId indexed payableId,
        ParticipantId indexed obligor,
        ParticipantId indexed to,
        ParticipantId bank,
        uint56 face,
        uint16 maturity,
        uint16 due,
        uint16 rules,
        uint8 invoices,
        bytes32 evidence
    );
    event PayableAccepted(PayableId indexed payableId, ParticipantId indexed holder);
    event PayableCancelled(PayableId indexed payableId, OfferEnd reason, bytes32 detail);
    event PayableSettled(PayableId indexed payableId);
    event PrincipalPaid(PayableId indexed payableId, uint64 amount);
    event FreezesChanged(PayableId indexed payableId, uint8 freezes);

    /// @notice [start, middle) of `whole` got the new id `part`; [middle, end) keeps the old one.
    event VoucherCut(VoucherId indexed whole, VoucherId indexed part, uint64 middle);
    /// @notice A whole voucher was offered.
    event VoucherOffered(VoucherId indexed voucher, ParticipantId indexed to, bytes32 evidence);
    /// @notice [start, middle) of `whole` got the new id `part` and was offered; [middle, end) keeps the old one.
    event PartOffered(
        VoucherId indexed whole, VoucherId indexed part, ParticipantId indexed to, uint64 middle, bytes32 evidence
    );
    event VoucherAccepted(VoucherId indexed voucher, ParticipantId indexed holder);
    event OfferEnded(VoucherId indexed voucher, OfferEnd reason, bytes32 detail);
    event VouchersJoined(VoucherId indexed low, VoucherId indexed high, VoucherId indexed joined);
    event VoucherSold(VoucherId indexed voucher, ParticipantId indexed buyer, SaleId recourse, bool costShared);
    event VoucherTurnedBack(VoucherId indexed voucher, ParticipantId indexed holder, SaleId recourse);
    event VoucherPledged(VoucherId indexed voucher, ParticipantId indexed lender);
    event VoucherFreed(VoucherId indexed voucher);
    event VoucherRedeemed(VoucherId indexed voucher);

    // ---- views

    /// @notice How many payables were opened; they are numbered from 1.
    function payableCount() external view returns (uint32);

    function payableOf(PayableId payableId) external view returns (Payable memory);

    function tallyOf(PayableId payableId) external view returns (Tally memory);

    /// @notice The voucher as it stands now: an offer that has ended counts as held.
    function voucherOf(VoucherId voucher) external view returns (Voucher memory);

    /// @notice The same as a word, for desks that read many.
    function wordOf(VoucherId voucher) external view returns (VoucherWord);

    /// @notice Offeror and offeree of an offer that may still be answered; nobody where there is none.
    function offerOf(VoucherId voucher) external view returns (ParticipantId holder, ParticipantId offeree);

    function recourseOf(VoucherId voucher) external view returns (SaleId);

    /// @notice How many units below `unit` are not redeemed.
    function unitsBelow(PayableId payableId, uint256 unit) external view returns (uint256);

    /// @notice The voucher and its payable; refused unless the holder could dispose of it today.
    function requireDisposable(VoucherId voucher, ParticipantId holder)
        external
        view
        returns (Voucher memory, Payable memory);

    /// @notice Whether a freeze in force overlaps the range of an accepted voucher.
    function isFrozen(VoucherId voucher) external view returns (bool);

    /// @notice Refuses while a freeze overlaps the voucher's range or names its holder.
    function requireNotFrozen(VoucherId voucher) external view;

    // ---- asked by the other desks of this ledger version

    /// @notice Opens a payable with its root voucher offered.
    function open(Payable calldata terms, Limits calldata limits, bytes32 evidence) external returns (PayableId);

    /// @notice Ends an offer: a part is held again, a root cancels its payable.
    function endOffer(VoucherId voucher, OfferEnd reason, bytes32 detail) external;

    /// @notice Cuts `amount` from the low end of a held or pledged voucher; the whole of it is the voucher itself.
    function cut(VoucherId voucher, uint64 amount) external returns (VoucherId part);

    function sell(VoucherId voucher, ParticipantId buyer, SaleId recourse, bool costShared) external;

    /// @notice Gives a voucher back to its seller, who regains the recourse it had itself.
    function turnBack(VoucherId voucher, ParticipantId seller, SaleId recourse) external;

    function pledge(VoucherId voucher, ParticipantId lender) external;

    function freeLien(VoucherId voucher) external;

    /// @notice Closes a redeemed range.
    function redeem(VoucherId voucher) external;

    /// @notice Books paid principal; the payable is settled when none is left.
    function pay(PayableId payableId, uint64 principal) external;

    /// @notice Notes that payments up to number `settled` are distributed to a voucher, and closes it with its payable. One that is
    /// pledged, closed or up to date stays as it is.
    /// @return before how the voucher stood
    function settleUnpledged(VoucherId voucher, uint16 settled) external returns (VoucherWord before);

    /// @notice The same for a pledged voucher, whose lien ends where its loan does.
    function settlePledged(VoucherId voucher, uint16 settled, bool lienEnds) external;

    /// @notice Notes how many freezes were ever laid on a payable's ranges.
    function setFreezes(PayableId payableId, uint8 freezes) external;
}

/// @notice Freezes of ranges.
interface IFreezes {
    /// @notice Whether a freeze in force overlaps [start, end), and whether one that did, lifted or not, began at or after an offer.
    function frozen(PayableId payableId, uint256 start, uint256 end, uint256 offeredAt)
        external
        view
        returns (bool now_, bool sinceOffer);
}
