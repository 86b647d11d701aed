// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Induction} from "../Induction.sol";
import {inner, wordAt} from "../Storage.sol";
import {MemberWord} from "contracts/types/MemberWord.sol";
import {ParticipantId} from "contracts/types/Ids.sol";
import {Participants, Verifier} from "contracts/registry/Participants.sol";
import {svm, vm} from "../Svm.sol";

/// @notice The registry with anything stored, and acts approved by one account.
/// @dev Assumed: the key that signs is an account's; a participant has at most one key in use where they are counted.
abstract contract ParticipantsWorld is Induction {
    address internal constant ADMINISTRATION = address(0x2001);

    /// Slots of `Participants`.
    uint256 internal constant STATE = 0;
    uint256 internal constant MEMBERS = 1;
    uint256 internal constant NONCES = 2;
    uint256 internal constant VERSION_OF = 3;
    uint256 internal constant KEYS = 4;
    uint256 internal constant TAKEN = 6;
    uint256 internal constant IDENTITIES = 8;

    uint256 internal constant REVOKED = 1 << 216;

    function setUp() public {
        target = address(new Participants(new bytes[](0), new address[](0), new Verifier[](0), ADMINISTRATION));
        svm.enableSymbolicStorage(target);
        vm.store(target, bytes32(STATE), svm.createBytes32("state"));
    }

    function _member(ParticipantId participant) internal view returns (MemberWord) {
        return MemberWord.wrap(wordAt(target, inner(ParticipantId.unwrap(participant), MEMBERS)));
    }

    function _key(ParticipantId participant, uint256 index) internal view returns (uint256) {
        return wordAt(target, inner((uint256(ParticipantId.unwrap(participant)) << 8) | index, KEYS));
    }

    function _nonces(ParticipantId participant, uint256 word) internal view returns (uint256) {
        return wordAt(target, inner(word, inner(ParticipantId.unwrap(participant), NONCES)));
    }

    /// @dev One approval: any 65 bytes under the number of an account's key.
    function _approval(ParticipantId participant, uint8 index) internal returns (bytes memory) {
        vm.assume(uint8(_key(participant, index) >> 208) == 0);
        return abi.encodePacked(index, uint16(65), svm.createBytes(65, "signature"));
    }
}
