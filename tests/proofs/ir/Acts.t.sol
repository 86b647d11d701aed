// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ActWord} from "contracts/types/ActWord.sol";
import {DUTY_MAKER, Level} from "contracts/types/Records.sol";
import {IParticipants} from "contracts/interfaces/IParticipants.sol";
import {MemberWord} from "contracts/types/MemberWord.sol";
import {ParticipantId} from "contracts/types/Ids.sol";
import {ParticipantsWorld} from "./ParticipantsWorld.sol";
import {svm, vm} from "../Svm.sol";

/// @notice What an act needs that is carried out, each for any act, any participant, any time and any desk.
contract Acts is ParticipantsWorld {
    function _before() internal override {}

    function _after() internal override {}

    /// @notice I40: an act under a nonce that is used, by an act or by voiding it, is refused.
    function check_used_nonce_is_refused(ActWord act, uint256 nonce, bytes32 structHash, uint8 signer) external {
        vm.assume(_nonces(act.actorOf(), nonce >> 8) & (1 << (nonce & 0xff)) != 0);
        assert(!_isCarriedOut(act, nonce, structHash, _approval(act.actorOf(), signer)));
    }

    /// @notice I40: an act that is carried out has taken its nonce, so that it is carried out once.
    function check_act_takes_its_nonce(ActWord act, uint256 nonce, bytes32 structHash, uint8 signer) external {
        bytes memory approvals = _approval(act.actorOf(), signer);
        if (!_isCarriedOut(act, nonce, structHash, approvals)) return;
        assert(_nonces(act.actorOf(), nonce >> 8) & (1 << (nonce & 0xff)) != 0);
    }

    /// @notice I40: one key carries out no more than what one signer may: it is registered, in force, a maker's, and enough.
    function check_one_key_suffices_for_one_signer(ActWord act, uint256 nonce, bytes32 structHash, uint8 signer) external {
        vm.assume(act.levelOf() == Level.Highest);
        MemberWord member = _member(act.actorOf());
        uint256 key = _key(act.actorOf(), signer);
        bytes memory approvals = _approval(act.actorOf(), signer);
        if (!_isCarriedOut(act, nonce, structHash, approvals)) return;
        assert(member.highOf() <= 1);
        assert(signer < member.signersOf() && signer >= member.firstSignerOf());
        assert(key & REVOKED == 0 && uint8(key >> 200) & DUTY_MAKER != 0);
        assert(uint40(key >> 160) == 0 || block.timestamp < uint40(key >> 160));
    }

    /// @notice A stopped participant, or anybody during a pause, carries out nothing that stops apply to.
    function check_stopped_act_is_refused(ActWord act, uint256 nonce, bytes32 structHash, uint8 signer) external {
        vm.assume(act.stoppableOf() && _member(act.actorOf()).stoppedOf());
        assert(!_isCarriedOut(act, nonce, structHash, _approval(act.actorOf(), signer)));
    }

    function check_late_act_is_refused(ActWord act, uint256 nonce, bytes32 structHash, uint8 signer) external {
        bytes memory approvals = _approval(act.actorOf(), signer);
        if (!_isCarriedOut(act, nonce, structHash, approvals)) return;
        assert(block.timestamp <= act.deadlineOf() && act.deadlineOf() <= block.timestamp + 7 days);
    }

    function _isCarriedOut(ActWord act, uint256 nonce, bytes32 structHash, bytes memory approvals)
        private
        returns (bool done)
    {
        vm.warp(svm.createUint(32, "time"));
        vm.prank(svm.createAddress("desk"));
        (done,) = target.call(abi.encodeCall(IParticipants.authorise, (act, nonce, structHash, approvals)));
    }
}
