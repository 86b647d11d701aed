// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Parts, VoucherStore} from "./VoucherStore.sol";
import {VoucherRegister} from "./VoucherRegister.sol";
import {AcceptVoucher, JoinVouchers, TransferVoucher} from "../types/Commands.sol";
import {FLAG_RECOURSE, Part, PayableState, ROLES_TRADING, VoucherState} from "../types/Records.sol";
import {ParticipantId, PayableId, VoucherId} from "../types/Ids.sol";
import {PayableWord} from "../types/PayableWord.sol";
import {TallyWord, newTally} from "../types/TallyWord.sol";
import {VoucherWord} from "../types/VoucherWord.sol";
import {
    CountNotKept, DepthExceeded, NotEligible, NotJoinable, RangeChanged, SelfTransfer, SignedCommandsOnly, ToObligor,
    UnknownVoucher, VoucherNotOffered
} from "../types/Errors.sol";

/// @notice The door of circulation: transfer, acceptance, join; `Offers` ends what nobody accepts. Explorers read vouchers here as ERC-721.
contract Vouchers is VoucherRegister, IERC721 {
    bytes32 private constant PART =
        keccak256("Part(uint64 voucher,uint64 amount,uint32 to,bytes32 evidence)");
    bytes32 private constant TRANSFER = keccak256(
        "TransferVoucher(uint32 participant,Part[] parts,uint256 nonce,uint64 deadline)Part(uint64 voucher,uint64 amount,uint32 to,bytes32 evidence)"
    );
    bytes32 private constant ACCEPT = keccak256(
        "AcceptVoucher(uint32 participant,uint64 voucher,uint64 start,uint64 end,uint256 nonce,uint64 deadline)"
    );
    bytes32 private constant JOIN =
        keccak256("JoinVouchers(uint32 participant,uint64 low,uint64 high,uint256 nonce,uint64 deadline)");

    string public constant name = "Fenbook voucher";
    string public constant symbol = "FEN";

    constructor(Parts memory parts) VoucherStore(parts) {}

    // ---- verbs

    /// @notice Offers parts of held vouchers; each is cut from the low end, the rest keeps its id.
    function transfer(TransferVoucher calldata command, bytes calldata approvals) external {
        Part[] calldata parts = command.parts;
        (bytes32 structHash, uint256 sum) = _hash(command, parts);
        _authoriseStoppable(command.participant, structHash, command.nonce, command.deadline, sum, approvals);
        for (uint256 i; i < parts.length; ++i) {
            _offerPart(command.participant, parts[i]);
        }
    }

    /// @notice Takes an offered voucher; of a root, the payable is live from here on.
    function accept(AcceptVoucher calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(ACCEPT, command));
        _authoriseAnswer(command.participant, structHash, command.nonce, command.deadline, true, approvals);
        VoucherId id = command.voucher;
        (VoucherWord voucher, bool open_) = _offer(id);
        bool offered = open_ && voucher.counterpartyOf() == command.participant;
        if (!offered) revert VoucherNotOffered(id, command.participant);
        if (voucher.startOf() != command.start || voucher.endOf() != command.end) {
            revert RangeChanged(id, uint64(voucher.startOf()), uint64(voucher.endOf()));
        }
        PayableWord payable_ = _payables[id.payableOf()];
        _requireUnfrozen(id, voucher, payable_);
        address from = _account(voucher.holderOf());
        if (payable_.payableStateOf() == PayableState.Offered) {
            from = address(0);
            _goLive(id.payableOf(), payable_, command.participant);
        }
        voucher = voucher.held().withHolder(command.participant).deeper();
        _vouchers[id] = voucher.withFlags(voucher.flagsOf() & ~uint256(FLAG_RECOURSE));
        emit VoucherAccepted(id, command.participant);
        emit Transfer(from, _account(command.participant), VoucherId.unwrap(id));
    }

    /// @notice Makes one voucher of two that touch, of the same holder and depth, with no recourse on either.
    function join(JoinVouchers calldata command, bytes calldata approvals) external {
        bytes32 structHash = keccak256(abi.encode(JOIN, command));
        _authoriseStoppable(command.participant, structHash, command.nonce, command.deadline, 0, approvals);
        (VoucherId lowId, VoucherId highId) = (command.low, command.high);
        PayableId payableId = lowId.payableOf();
        (VoucherWord low, VoucherWord high) = (_current(lowId), _current(highId));
        _requireDisposable(lowId, low, _payables[payableId], command.participant);
        _requireDisposable(highId, high, _payables[highId.payableOf()], command.participant);
        bool joinable = payableId == highId.payableOf() && low.endOf() == high.startOf()
            && low.depthOf() == high.depthOf() && low.flagsOf() == high.flagsOf() && low.flagsOf() & FLAG_RECOURSE == 0;
        if (!joinable) revert NotJoinable(lowId, highId);
        TallyWord tally = _tallies[payableId].joinTwo();
        _tallies[payableId] = tally;
        VoucherId joinedId = payableId.voucherOf(tally.serialsOf());
        _vouchers[joinedId] = low.withRange(low.startOf(), high.endOf());
        emit VouchersJoined(lowId, highId, joinedId);
        emit Transfer(address(0), _account(command.participant), VoucherId.unwrap(joinedId));
        _close(lowId, low);
        _close(highId, high);
    }

    // ---- ERC-721, to read

    function ownerOf(uint256 tokenId) external view returns (address) {
        VoucherId id = VoucherId.wrap(uint64(tokenId));
        VoucherState state = tokenId > type(uint64).max ? VoucherState.None : _vouchers[id].stateOf();
        if (state == VoucherState.None || state == VoucherState.Closed) revert UnknownVoucher(id);
        return _account(_vouchers[id].holderOf());
    }

    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC721).interfaceId;
    }

    function getApproved(uint256) external pure returns (address) {
        return address(0);
    }

    function isApprovedForAll(address, address) external pure returns (bool) {
        return false;
    }

    function balanceOf(address) external pure returns (uint256) {
        revert CountNotKept();
    }

    function approve(address, uint256) external pure {
        revert SignedCommandsOnly();
    }

    function setApprovalForAll(address, bool) external pure {
        revert SignedCommandsOnly();
    }

    function transferFrom(address, address, uint256) external pure {
        revert SignedCommandsOnly();
    }

    function safeTransferFrom(address, address, uint256) external pure {
        revert SignedCommandsOnly();
    }

    function safeTransferFrom(address, address, uint256, bytes calldata) external pure {
        revert SignedCommandsOnly();
    }

    // ---- private

    function _offerPart(ParticipantId from, Part calldata part) private {
        VoucherId id = part.voucher;
        PayableWord payable_ = _payables[id.payableOf()];
        VoucherWord voucher = _current(id);
        _requireDisposable(id, voucher, payable_, from);
        if (part.to == from) revert SelfTransfer(from);
        uint16 roles = participants.rolesOf(part.to);
        if (roles & ROLES_TRADING == 0) revert NotEligible(part.to, roles);
        if (part.to == payable_.obligorOf()) revert ToObligor(part.to);
        uint256 depthMax = _limits[payable_.rulesOf()].depthMax;
        if (voucher.depthOf() >= depthMax) revert DepthExceeded(id, depthMax);
        (id, voucher) = _cut(id, voucher, payable_, part.amount);
        _vouchers[id] = voucher.offered(part.to, block.timestamp);
        emit VoucherOffered(id, part.to, part.evidence);
    }

    function _goLive(PayableId payableId, PayableWord payable_, ParticipantId holder) private {
        _payables[payableId] = payable_.withPayableState(PayableState.Live);
        _tallies[payableId] = newTally(payable_.faceOf());
        exposure.owed(payable_.obligorOf(), payable_.dueOf());
        emit PayableAccepted(payableId, holder);
    }

    /// @dev The command's struct hash, and the sum of its parts.
    function _hash(TransferVoucher calldata command, Part[] calldata parts)
        private
        pure
        returns (bytes32 structHash, uint256 sum)
    {
        bytes32[] memory hashes = new bytes32[](parts.length);
        for (uint256 i; i < parts.length; ++i) {
            hashes[i] = keccak256(abi.encode(PART, parts[i]));
            sum += parts[i].amount;
        }
        bytes32 partsHash;
        assembly ("memory-safe") {
            // The hashes stand one after the other behind the array's length: what EIP-712 hashes for a list.
            partsHash := keccak256(add(hashes, 0x20), shl(5, mload(hashes)))
        }
        structHash = keccak256(abi.encode(TRANSFER, command.participant, partsHash, command.nonce, command.deadline));
    }
}
