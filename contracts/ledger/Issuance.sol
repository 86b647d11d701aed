// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {BatchIssue, IssueBatch, IssuePayable, VoidBatch} from "../types/Commands.sol";
import {BusinessDay} from "../libraries/BusinessDay.sol";
import {Desk} from "../registry/Desk.sol";
import {IExposure, IInvoices, IRules} from "../interfaces/IRegistry.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {IVouchers} from "../interfaces/IVouchers.sol";
import {
    FACE_MAX, InvoiceUse, Limits, Payable, PayableState, ROLE_ISSUER, ROLE_SETTLEMENT, ROLE_SUPPLIER, RuleSet
} from "../types/Records.sol";
import {NOBODY, ParticipantId, PayableId} from "../types/Ids.sol";
import {
    BatchExceeded, BatchItemIssued, BatchVoid, DeadlinePassed, EvidenceMissing, FaceTooLarge, InvoiceShort, NotEligible,
    NotOnBatch, PastMaturity, SelfTransfer, TenorTooLong, TooManyInvoices, UnknownBatch, ZeroAmount
} from "../types/Errors.sol";

/// @notice Issue of payables, one by one or from a batch that one signature commits to.
contract Issuance is Desk {
    bytes32 private constant INVOICE = keccak256("InvoiceUse(bytes32 fingerprint,uint64 total,uint64 used)");
    bytes32 private constant ISSUE = keccak256(
        "IssuePayable(uint32 participant,uint32 to,uint32 bank,uint64 face,uint16 maturity,bytes32 evidence,InvoiceUse[] invoices,uint256 nonce,uint64 deadline)InvoiceUse(bytes32 fingerprint,uint64 total,uint64 used)"
    );
    bytes32 private constant BATCH = keccak256(
        "IssueBatch(uint32 participant,bytes32 root,uint32 count,uint64 total,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant BATCH_ISSUE = keccak256(
        "BatchIssue(uint32 index,uint32 to,uint32 bank,uint64 face,uint16 maturity,bytes32 evidence,InvoiceUse[] invoices)InvoiceUse(bytes32 fingerprint,uint64 total,uint64 used)"
    );
    bytes32 private constant VOID_BATCH =
        keccak256("VoidBatch(uint32 participant,bytes32 batch,uint256 nonce,uint64 deadline)");

    /// @dev Invoices of one payable.
    uint256 private constant INVOICES_MAX = 64;

    /// @dev Payables of one batch.
    uint256 public constant BATCH_MAX = 10_000;

    /// @notice What a signed batch still allows; its digest is its id.
    struct Batch {
        ParticipantId obligor;
        uint32 count;
        uint32 issued;
        uint64 left;
        uint64 deadline;
        bool isVoid;
        bytes32 root;
    }

    /// @dev What an issue says, whichever way it was signed.
    struct Terms {
        ParticipantId obligor;
        ParticipantId to;
        ParticipantId bank;
        uint64 face;
        uint16 maturity;
        bytes32 evidence;
    }

    event BatchRecorded(
        bytes32 indexed batch, ParticipantId indexed obligor, bytes32 root, uint32 count, uint64 total, uint64 deadline
    );
    event BatchItemIssuedAs(bytes32 indexed batch, uint32 indexed index, PayableId indexed payableId);
    event BatchVoided(bytes32 indexed batch);

    IVouchers public immutable vouchers;
    IRules public immutable rules;
    IExposure public immutable exposure;
    IInvoices public immutable invoices;

    mapping(bytes32 batch => Batch) public batchOf;
    mapping(bytes32 batch => mapping(uint256 word => uint256 bits)) private _issuedItems;

    constructor(
        IParticipants participants_, IVouchers vouchers_, IRules rules_, IExposure exposure_, IInvoices invoices_
    ) Desk(participants_) {
        vouchers = vouchers_;
        rules = rules_;
        exposure = exposure_;
        invoices = invoices_;
    }

    // ---- verbs

    /// @notice The obligor promises unconditionally to pay `face` on its maturity day and offers the promise to `to`.
    /// It accepts every later transfer on this ledger and waives set-off and defences against every holder.
    function issue(IssuePayable calldata command, bytes calldata approvals) external returns (PayableId) {
        _authoriseStoppable(
            command.participant, _hash(command), command.nonce, command.deadline, command.face, approvals
        );
        return _issue(
            Terms(
                command.participant, command.to, command.bank, command.face, command.maturity, command.evidence
            ),
            command.invoices
        );
    }

    /// @notice Records a signed commitment to many issues; its threshold is by their total.
    function recordBatch(IssueBatch calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(BATCH, command));
        _authoriseStoppable(
            command.participant, structHash, command.nonce, command.deadline, command.total, approvals
        );
        if (command.count == 0) revert ZeroAmount();
        bytes32 batch = _digest(structHash);
        if (command.count > BATCH_MAX) revert BatchExceeded(batch, command.count, BATCH_MAX);
        batchOf[batch] =
            Batch(command.participant, command.count, 0, command.total, command.deadline, false, command.root);
        emit BatchRecorded(
            batch, command.participant, command.root, command.count, command.total, command.deadline
        );
    }

    /// @notice Issues one payable of a recorded batch, once; anyone may ask, until the batch's deadline.
    /// @param proof the path from the leaf to the root
    function issueFromBatch(bytes32 batchId, BatchIssue calldata item, bytes32[] calldata proof)
        external
        returns (PayableId payableId)
    {
        Batch storage batch = batchOf[batchId];
        ParticipantId obligor = batch.obligor;
        if (obligor == NOBODY) revert UnknownBatch(batchId);
        if (batch.isVoid) revert BatchVoid(batchId);
        if (block.timestamp > batch.deadline) revert DeadlinePassed(batch.deadline, block.timestamp);
        bytes32 leaf = keccak256(bytes.concat(_hash(item)));
        bool included = item.index < batch.count && MerkleProof.verifyCalldata(proof, batch.root, leaf);
        if (!included) revert NotOnBatch(batchId, item.index);
        uint256 word = _issuedItems[batchId][item.index >> 8];
        uint256 bit = 1 << (item.index & 0xff);
        if (word & bit != 0) revert BatchItemIssued(batchId, item.index);
        _issuedItems[batchId][item.index >> 8] = word | bit;
        if (item.face > batch.left) revert BatchExceeded(batchId, item.face, batch.left);
        batch.left -= item.face;
        ++batch.issued;
        participants.requireActive(obligor);
        payableId = _issue(
            Terms(obligor, item.to, item.bank, item.face, item.maturity, item.evidence), item.invoices
        );
        emit BatchItemIssuedAs(batchId, item.index, payableId);
    }

    /// @notice Ends a batch; what is not issued yet never will be.
    function voidBatch(VoidBatch calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(VOID_BATCH, command));
        _authoriseAnswer(command.participant, structHash, command.nonce, command.deadline, false, approvals);
        Batch storage batch = batchOf[command.batch];
        if (batch.obligor == NOBODY || batch.obligor != command.participant) revert UnknownBatch(command.batch);
        if (batch.isVoid) revert BatchVoid(command.batch);
        batch.isVoid = true;
        emit BatchVoided(command.batch);
    }

    // ---- private

    function _issue(Terms memory terms, InvoiceUse[] calldata used) private returns (PayableId payableId) {
        (uint16 index, RuleSet memory inForce) = _requireIssuable(terms);
        exposure.issued(terms.obligor, terms.face);
        if (terms.face > FACE_MAX) revert FaceTooLarge(terms.face, FACE_MAX);
        if (used.length > INVOICES_MAX) revert TooManyInvoices(used.length, INVOICES_MAX);
        // The vouchers number payables one by one, so that invoices can be used before the payable is opened.
        payableId = PayableId.wrap(vouchers.payableCount() + 1);
        uint256 backing;
        if (used.length != 0) {
            uint256 sum;
            (sum, backing) = invoices.use(payableId, used);
            if (sum < terms.face) revert InvoiceShort(sum, terms.face);
        } else if (terms.evidence == 0) {
            revert EvidenceMissing();
        }
        Payable memory opened = Payable({
            obligor: terms.obligor,
            offeree: terms.to,
            bank: terms.bank,
            offeredAt: uint32(block.timestamp),
            face: uint56(terms.face),
            maturity: terms.maturity,
            due: uint16(rules.businessDay(terms.maturity)),
            rules: index,
            state: PayableState.Offered,
            invoices: uint8(backing),
            freezes: 0
        });
        vouchers.open(opened, _limits(inForce), terms.evidence);
    }

    function _limits(RuleSet memory inForce) private pure returns (Limits memory) {
        return Limits(inForce.offerDays, inForce.depthMax, inForce.piecesMax, inForce.pieceMin);
    }

    function _requireIssuable(Terms memory terms) private view returns (uint16 index, RuleSet memory inForce) {
        uint16 roles = participants.rolesOf(terms.obligor);
        if (roles & ROLE_ISSUER == 0) revert NotEligible(terms.obligor, roles);
        roles = participants.rolesOf(terms.to);
        if (roles & (ROLE_SUPPLIER | ROLE_ISSUER) == 0) revert NotEligible(terms.to, roles);
        if (terms.to == terms.obligor) revert SelfTransfer(terms.to);
        exposure.requireNotBlocked(terms.obligor);
        if (terms.face == 0) revert ZeroAmount();
        uint256 today = BusinessDay.today();
        if (terms.maturity <= today) revert PastMaturity(PayableId.wrap(0), terms.maturity, today);
        (index, inForce) = rules.inForce(today);
        uint256 tenor = terms.maturity - today;
        if (tenor > inForce.tenorDaysMax) revert TenorTooLong(tenor, inForce.tenorDaysMax);
        _requireRole(terms.bank, ROLE_SETTLEMENT);
    }

    function _hash(IssuePayable calldata command) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                ISSUE,
                command.participant,
                command.to,
                command.bank,
                command.face,
                command.maturity,
                command.evidence,
                _hash(command.invoices),
                command.nonce,
                command.deadline
            )
        );
    }

    function _hash(BatchIssue calldata item) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                BATCH_ISSUE,
                item.index,
                item.to,
                item.bank,
                item.face,
                item.maturity,
                item.evidence,
                _hash(item.invoices)
            )
        );
    }

    function _hash(InvoiceUse[] calldata used) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](used.length);
        for (uint256 i; i < used.length; ++i) {
            hashes[i] = keccak256(abi.encode(INVOICE, used[i]));
        }
        return keccak256(abi.encodePacked(hashes));
    }
}
