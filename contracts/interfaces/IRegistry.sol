// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {InvoiceUse, RuleSet} from "../types/Records.sol";
import {ParticipantId, PayableId} from "../types/Ids.sol";

/// @dev No rules let an offer stay open for longer.
uint256 constant OFFER_DAYS_MAX = 60;

/// @notice Dated rules and holidays.
interface IRules {
    event RulesSet(uint16 indexed index, RuleSet rules);
    event HolidaysSet(uint16 indexed firstDay, uint256 holidays);

    /// @notice The rules in force on a day: the last ones whose effective day is not after it.
    function inForce(uint256 day) external view returns (uint16 index, RuleSet memory rules);

    function ruleSet(uint16 index) external view returns (RuleSet memory);

    /// @notice The first business day on or after `day`.
    function businessDay(uint256 day) external view returns (uint256);
}

/// @notice What obligors may have and have outstanding, and the days on which unpaid payables of theirs fall due.
interface IExposure {
    event LimitSet(ParticipantId indexed bank, ParticipantId indexed obligor, uint64 amount, uint64 limit);
    event OutstandingChanged(ParticipantId indexed obligor, uint64 outstanding);
    event UnpaidChanged(ParticipantId indexed obligor, uint16 indexed due, uint32 count);

    /// @notice Adds an issue to what is outstanding, refused above the sum of lines.
    function issued(ParticipantId obligor, uint64 face) external;

    /// @notice Refuses while a payable of the obligor is overdue.
    function requireNotBlocked(ParticipantId obligor) external view;

    /// @notice Takes a cancelled face, a paid or a redeemed principal off what is outstanding.
    function reduced(ParticipantId obligor, uint64 amount) external;

    /// @notice Counts a payable that became live and falls due on a day.
    function owed(ParticipantId obligor, uint16 due) external;

    /// @notice Uncounts a payable that was paid or redeemed whole.
    function cleared(ParticipantId obligor, uint16 due) external;

    /// @notice Sum of lines, what is outstanding, and the first day on which an unpaid payable fell or falls due (0 for none).
    function exposureOf(ParticipantId obligor) external view returns (uint64 limit, uint64 outstanding, uint16 unpaidDue);
}

/// @notice How much of each invoice backs payables, over all obligors and ledger versions.
interface IInvoices {
    event InvoiceUsed(bytes32 indexed fingerprint, uint32 indexed version, PayableId indexed payableId, uint64 total, uint64 used);
    event InvoiceFreed(bytes32 indexed fingerprint, uint32 indexed version, PayableId indexed payableId, uint64 freed);

    /// @notice Uses the invoices for a payable of the calling desk's ledger version; refused when one is overused or contradicts its first use.
    /// @return used the sum of what was used
    /// @return backing how many distinct invoices back the payable: what `free` must name to free them all
    function use(PayableId payableId, InvoiceUse[] calldata invoices) external returns (uint256 used, uint256 backing);

    /// @notice Frees what a cancelled payable of the calling desk's ledger version used of each invoice.
    function free(PayableId payableId, bytes32[] calldata fingerprints) external;
}

/// @notice What a payee is paid out of a hold.
struct Share {
    ParticipantId to;
    uint64 amount;
}

/// @notice Tokenised deposits at settlement banks, and the holds in which paid money stands until it is shared out.
interface IDeposits {
    event DepositIssued(ParticipantId indexed bank, ParticipantId indexed to, uint64 amount, bytes32 paymentReference);
    event DepositWithdrawn(ParticipantId indexed bank, ParticipantId indexed from, uint64 amount, bytes32 paymentReference);
    event DepositMoved(
        ParticipantId indexed bank, ParticipantId indexed from, ParticipantId indexed to, uint64 amount, bytes32 purpose
    );
    event DepositHeld(
        ParticipantId indexed bank, ParticipantId indexed from, address indexed desk, PayableId payableId, uint64 amount
    );
    event DepositPaidOut(
        ParticipantId indexed bank, address indexed desk, PayableId indexed payableId, ParticipantId to, uint64 amount
    );

    /// @notice Moves a deposit under an act of its owner that the calling desk has authorised.
    function move(ParticipantId bank, ParticipantId from, ParticipantId to, uint64 amount, bytes32 purpose) external;

    /// @notice Lets a bank's reference stand for one fact for good, over all desks and ledger versions.
    /// @dev Refuses a replay of the same fact and a reference that stands for another.
    function takeReference(ParticipantId bank, bytes32 paymentReference, bytes32 fact) external;

    /// @notice Takes a payment into the hold of a payable of the calling desk.
    function hold(ParticipantId bank, ParticipantId from, PayableId payableId, uint64 amount) external;

    /// @notice Pays shares out of the hold of a payable of the calling desk.
    function payOut(ParticipantId bank, PayableId payableId, Share[] calldata shares) external;

    function depositOf(ParticipantId bank, ParticipantId owner) external view returns (uint64);
}
