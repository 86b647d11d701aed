// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Desk} from "./Desk.sol";
import {IDeposits, Share} from "../interfaces/IRegistry.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {
    AmountTooLarge, DepositShort, ParticipantFrozen, ReferenceConflict, ReferenceMissing, ReferenceUsed, SelfTransfer,
    UnknownParticipant, ZeroAmount
} from "../types/Errors.sol";
import {IssueDeposit, MoveDeposit, WithdrawDeposit} from "../types/MoneyCommands.sol";
import {Level, ROLE_SETTLEMENT} from "../types/Records.sol";
import {ParticipantId, PayableId} from "../types/Ids.sol";

/// @notice Deposits at settlement banks as tokens of their books: the deposit rail.
/// @dev The sum of deposits and holds of a bank changes only by its issue and withdrawal. What an obligor has paid in stands in
/// the hold of its payable, out of everybody's reach but that of the desk that settles it; the ledger itself never holds any.
contract Deposits is Desk, IDeposits {
    bytes32 private constant ISSUE = keccak256(
        "IssueDeposit(uint32 participant,uint32 to,uint64 amount,bytes32 paymentReference,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant WITHDRAW = keccak256(
        "WithdrawDeposit(uint32 participant,uint32 bank,uint64 amount,bytes32 paymentReference,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant MOVE = keccak256(
        "MoveDeposit(uint32 participant,uint32 bank,uint32 to,uint64 amount,bytes32 purpose,uint256 nonce,uint64 deadline)"
    );

    mapping(ParticipantId bank => mapping(ParticipantId owner => uint64)) private _deposits;
    mapping(ParticipantId bank => mapping(address desk => mapping(PayableId => uint64))) private _holds;
    mapping(ParticipantId bank => uint64) private _issued;
    mapping(ParticipantId bank => mapping(bytes32 paymentReference => bytes32 fact)) private _facts;

    constructor(IParticipants participants_) Desk(participants_) {}

    // ---- the bank's and the owner's own acts

    /// @notice A settlement bank books money it has received to a participant's deposit.
    function issueDeposit(IssueDeposit calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(ISSUE, command));
        _authorise(command.participant, structHash, command.nonce, command.deadline, Level.Highest, approvals);
        _requireRole(command.participant, ROLE_SETTLEMENT);
        if (command.amount == 0) revert ZeroAmount();
        if (participants.rolesOf(command.to) == 0) revert UnknownParticipant(command.to);
        uint256 issued = uint256(_issued[command.participant]) + command.amount;
        if (issued > type(uint64).max) revert AmountTooLarge(issued, type(uint64).max);
        bytes32 fact = keccak256(abi.encode(ISSUE, command.to, command.amount));
        _takeReference(command.participant, command.paymentReference, fact);
        _issued[command.participant] = uint64(issued);
        _deposits[command.participant][command.to] += command.amount;
        emit DepositIssued(command.participant, command.to, command.amount, command.paymentReference);
    }

    /// @notice Money leaves the deposit for an account outside; signed by its owner and by the bank that pays it.
    function withdrawDeposit(WithdrawDeposit calldata command, bytes calldata approvals, bytes calldata cosigned)
        external
    {
        bytes32 structHash = keccak256(abi.encode(WITHDRAW, command));
        bytes32 digest =
            _authorise(command.participant, structHash, command.nonce, command.deadline, Level.Highest, approvals);
        _requireRole(command.bank, ROLE_SETTLEMENT);
        participants.requireCosigned(command.bank, digest, cosigned);
        if (command.amount == 0) revert ZeroAmount();
        _requireUnfrozen(command.participant);
        bytes32 fact = keccak256(abi.encode(WITHDRAW, command.participant, command.amount));
        _takeReference(command.bank, command.paymentReference, fact);
        _take(command.bank, command.participant, command.amount);
        _issued[command.bank] -= command.amount;
        emit DepositWithdrawn(command.bank, command.participant, command.amount, command.paymentReference);
    }

    /// @notice Pays another participant outside of any payable.
    function moveDeposit(MoveDeposit calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(MOVE, command));
        _authorisePayment(
            command.participant, structHash, command.nonce, command.deadline, command.amount, approvals
        );
        _requireUnfrozen(command.participant);
        if (command.amount == 0) revert ZeroAmount();
        if (participants.rolesOf(command.to) == 0) revert UnknownParticipant(command.to);
        if (command.to == command.participant) revert SelfTransfer(command.to);
        _move(command.bank, command.participant, command.to, command.amount, command.purpose);
    }

    // ---- asked by desks, under acts they have authorised

    /// @inheritdoc IDeposits
    function move(ParticipantId bank, ParticipantId from, ParticipantId to, uint64 amount, bytes32 purpose)
        external
        onlyDesk
    {
        _move(bank, from, to, amount, purpose);
    }

    /// @inheritdoc IDeposits
    function takeReference(ParticipantId bank, bytes32 paymentReference, bytes32 fact) external onlyDesk {
        _takeReference(bank, paymentReference, fact);
    }

    /// @inheritdoc IDeposits
    function hold(ParticipantId bank, ParticipantId from, PayableId payableId, uint64 amount) external onlyDesk {
        _take(bank, from, amount);
        _holds[bank][msg.sender][payableId] += amount;
        emit DepositHeld(bank, from, msg.sender, payableId, amount);
    }

    /// @inheritdoc IDeposits
    function payOut(ParticipantId bank, PayableId payableId, Share[] calldata shares) external onlyDesk {
        uint64 sum;
        for (uint256 i; i < shares.length; ++i) {
            (ParticipantId to, uint64 amount) = (shares[i].to, shares[i].amount);
            sum += amount;
            _deposits[bank][to] += amount;
            emit DepositPaidOut(bank, msg.sender, payableId, to, amount);
        }
        _holds[bank][msg.sender][payableId] -= sum;
    }

    // ---- views

    /// @inheritdoc IDeposits
    function depositOf(ParticipantId bank, ParticipantId owner) external view returns (uint64) {
        return _deposits[bank][owner];
    }

    function holdOf(ParticipantId bank, address desk, PayableId payableId) external view returns (uint64) {
        return _holds[bank][desk][payableId];
    }

    /// @notice What a bank has issued and not taken back: the sum of its deposits and holds.
    function issuedBy(ParticipantId bank) external view returns (uint64) {
        return _issued[bank];
    }

    // ---- private

    function _move(ParticipantId bank, ParticipantId from, ParticipantId to, uint64 amount, bytes32 purpose) private {
        _take(bank, from, amount);
        _deposits[bank][to] += amount;
        emit DepositMoved(bank, from, to, amount, purpose);
    }

    function _take(ParticipantId bank, ParticipantId from, uint64 amount) private {
        uint64 available = _deposits[bank][from];
        if (amount > available) revert DepositShort(from, amount, available);
        _deposits[bank][from] = available - amount;
    }

    /// @dev The deposit of a frozen participant stays where it is.
    function _requireUnfrozen(ParticipantId owner) private view {
        (bool frozen,) = participants.frozenSince(owner);
        if (frozen) revert ParticipantFrozen(owner);
    }

    function _takeReference(ParticipantId bank, bytes32 paymentReference, bytes32 fact) private {
        if (paymentReference == 0) revert ReferenceMissing();
        bytes32 known = _facts[bank][paymentReference];
        if (known == fact) revert ReferenceUsed(bank, paymentReference);
        if (known != 0) revert ReferenceConflict(bank, paymentReference);
        _facts[bank][paymentReference] = fact;
    }
}
