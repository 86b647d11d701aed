// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Parts, VoucherStore} from "./VoucherStore.sol";
import {VoucherRegister} from "./VoucherRegister.sol";
import {AcceptVoucher, JoinVouchers, TransferVoucher} from "../types/Commands.sol";
import {FLAG_RECOURSE, Part, PayableState, ROLES_TRADING, VoucherState} from "../types/Records.sol";
import {NOBODY, ParticipantId, PayableId, VoucherId} from "../types/Ids.sol";
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
        keccak256("Part(uint32 to,uint64 voucher,uint64 amount,bytes32 evidence)");
    bytes32 private constant TRANSFER = keccak256(
        "TransferVoucher(uint32 participant,Part[] parts,uint256 nonce,uint64 deadline)Part(uint32 to,uint64 voucher,uint64 amount,bytes32 evidence)"
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
        (ParticipantId participant, Part[] calldata parts) = (command.participant, command.parts);
        (bytes32 structHash, uint256 sum) = _hash(command, participant, parts);
        ParticipantId first = parts.length == 0 ? NOBODY : parts[0].to;
        uint256 roles = _authoriseStoppableToward(
            first, participant, structHash, command.nonce, command.deadline, sum, approvals
        );
        for (uint256 i; i < parts.length; ++i) {
            Part calldata part = parts[i];
            ParticipantId to = part.to;
            if (i != 0) roles = participants.rolesOf(to);
            _offerPart(participant, part, to, roles);
        }
    }

    /// @notice Takes an offered voucher; of a root, the payable is live from here on.
    function accept(AcceptVoucher calldata command, bytes calldata approvals) external {
        ParticipantId participant = command.participant;
        uint256 frozenAt =
            _authoriseAnswer(participant, _hash(command), command.nonce, command.deadline, true, approvals);
        VoucherId id = command.voucher;
        PayableWord payable_ = _payables[id.payableOf()];
        (VoucherWord voucher, bool open_) = _offer(id, payable_, frozenAt);
        bool offered = open_ && voucher.counterpartyOf() == participant;
        if (!offered) revert VoucherNotOffered(id, participant);
        if (voucher.startOf() != command.start || voucher.endOf() != command.end) {
            revert RangeChanged(id, uint64(voucher.startOf()), uint64(voucher.endOf()));
        }
        _requireUnfrozen(id, voucher, payable_);
        address from = _account(voucher.holderOf());
        if (payable_.isPayableIn(PayableState.Offered)) {
            from = address(0);
            _goLive(id.payableOf(), payable_, participant);
        }
        voucher = voucher.held().withHolder(participant).deeper();
        _vouchers[id] = voucher.withFlags(voucher.flagsOf() & ~uint256(FLAG_RECOURSE));
        emit VoucherAccepted(id, participant);
        emit Transfer(from, _account(participant), VoucherId.unwrap(id));
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

    function _offerPart(ParticipantId from, Part calldata part, ParticipantId to, uint256 roles) private {
        VoucherId id = part.voucher;
        PayableWord payable_ = _payables[id.payableOf()];
        VoucherWord voucher = _current(id);
        _requireDisposable(id, voucher, payable_, from);
        if (to == from) revert SelfTransfer(from);
        if (roles & ROLES_TRADING == 0) revert NotEligible(to, uint16(roles));
        if (to == payable_.obligorOf()) revert ToObligor(to);
        uint256 depthMax = _limits[payable_.rulesOf()].depthMax;
        if (voucher.depthOf() >= depthMax) revert DepthExceeded(id, depthMax);
        (VoucherId partId, VoucherWord cut_) = _split(id, voucher, payable_, part.amount);
        _vouchers[partId] = cut_.offered(to, block.timestamp);
        if (partId == id) {
            emit VoucherOffered(id, to, part.evidence);
        } else {
            emit PartOffered(id, partId, to, uint64(cut_.endOf()), part.evidence);
            emit Transfer(address(0), _account(from), VoucherId.unwrap(partId));
        }
    }

    function _goLive(PayableId payableId, PayableWord payable_, ParticipantId holder) private {
        _payables[payableId] = payable_.withPayableState(PayableState.Live);
        _tallies[payableId] = newTally(payable_.faceOf());
        exposure.owed(payable_.obligorOf(), payable_.dueOf());
        emit PayableAccepted(payableId, holder);
    }

    /// @dev EIP-712 hashes of what is signed as it stands in call data: a static struct is its own encoding. A word with bits
    /// above its type is refused where the field is read, and every field is.
    function _hash(AcceptVoucher calldata command) private pure returns (bytes32 structHash) {
        bytes32 typeHash = ACCEPT;
        assembly ("memory-safe") {
            // Seven words, written behind the memory in use and left there.
            let free := mload(0x40)
            mstore(free, typeHash)
            calldatacopy(add(free, 0x20), command, 0xc0)
            structHash := keccak256(free, 0xe0)
        }
    }

    /// @dev `sum` is that of the parts' amounts; only amounts that are refused could overflow it.
    function _hash(TransferVoucher calldata command, ParticipantId participant, Part[] calldata parts)
        private
        pure
        returns (bytes32 structHash, uint256 sum)
    {
        (bytes32 partType, bytes32 transferType) = (PART, TRANSFER);
        assembly ("memory-safe") {
            // One hash a part, each written behind the one before; the words of the next part go behind them for a while.
            let hashes := mload(0x40)
            let place := hashes
            let part := parts.offset
            for { let end := add(part, shl(7, parts.length)) } lt(part, end) { part := add(part, 0x80) } {
                mstore(place, partType)
                calldatacopy(add(place, 0x20), part, 0x80)
                sum := add(sum, mload(add(place, 0x60)))
                mstore(place, keccak256(place, 0xa0))
                place := add(place, 0x20)
            }
            let partsHash := keccak256(hashes, sub(place, hashes))
            mstore(hashes, transferType)
            mstore(add(hashes, 0x20), participant)
            mstore(add(hashes, 0x40), partsHash)
            // Nonce and deadline, which follow the list's place.
            calldatacopy(add(hashes, 0x60), add(command, 0x40), 0x40)
            structHash := keccak256(hashes, 0xa0)
        }
    }
}
