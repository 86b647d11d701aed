// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ActWord} from "contracts/types/ActWord.sol";
import {Admitted, IParticipants} from "contracts/interfaces/IParticipants.sol";
import {Refusal} from "../Anything.sol";
import {both, either, implies} from "../Logic.sol";
import {inner, wordAt} from "../Storage.sol";
import {MemberWord} from "contracts/types/MemberWord.sol";
import {ParticipantId} from "contracts/types/Ids.sol";
import {ParticipantsWorld} from "./ParticipantsWorld.sol";
import {Signer} from "contracts/types/AdminCommands.sol";
import {svm, vm} from "../Svm.sol";

/// @notice The laws of the registry of participants.
contract ParticipantsLaws is ParticipantsWorld {
    uint256 private constant NONCE_KEPT = 0;
    uint256 private constant NONCE_OWN = 1;
    uint256 private constant DESK_KEPT = 2;
    uint256 private constant MEMBER_OWN = 3;
    uint256 private constant KEY_KEPT = 4;
    uint256 private constant IDENTITY_KEPT = 5;

    /// @dev What a participant's own act changes of its word: what its business day has committed.
    uint256 private constant COMMITTED = uint256(type(uint64).max) << 112;

    struct Books {
        uint256 nonces;
        uint256 version;
        uint256 member;
        uint256 key;
        uint256 taken;
        uint256 identity;
    }

    /// Whose act it is, the nonce it takes, and whom the books are about.
    ParticipantId private actor;
    uint256 private taken;
    bool private takes;
    bool private freezes;
    ParticipantId private any;
    uint256 private word;
    uint256 private desk;
    uint8 private index;
    bytes32 private fingerprint;
    Books private was;

    function _before() internal override {
        any = ParticipantId.wrap(uint32(svm.createUint(32, "any participant")));
        word = svm.createUint(256, "word of nonces");
        desk = svm.createUint(160, "desk");
        index = uint8(svm.createUint(8, "key"));
        fingerprint = svm.createBytes32("identity or key");
        was = _books();
        vm.assume(_unusedNumbersEmpty(was));
    }

    function _after() internal override {
        Books memory is_ = _books();
        bool byAdministration = caller == ADMINISTRATION;
        _law(NONCE_KEPT, is_.nonces & was.nonces == was.nonces);
        bool own = both(takes, both(any == actor, word == taken >> 8));
        uint256 bit = 1 << (taken & 0xff);
        _law(NONCE_OWN, either(is_.nonces == was.nonces, both(own, is_.nonces ^ was.nonces == bit)));
        _law(DESK_KEPT, either(is_.version == was.version, both(byAdministration, was.version == 0)));
        bool committed = both(any == actor, (is_.member ^ was.member) & ~COMMITTED == 0);
        bool frozen = both(freezes, wordAt(target, inner(uint160(caller), VERSION_OF)) & type(uint32).max != 0);
        bool allowed = either(either(byAdministration, frozen), committed);
        _law(MEMBER_OWN, either(is_.member == was.member, allowed));
        bool numbered = index < MemberWord.wrap(was.member).signersOf();
        bool kept = either(is_.key == was.key, is_.key == was.key | REVOKED);
        bool fewer = MemberWord.wrap(is_.member).signersOf() < MemberWord.wrap(was.member).signersOf();
        kept = both(implies(numbered, kept), implies(!byAdministration, is_.key == was.key));
        _law(KEY_KEPT, both(kept, !fewer));
        bool once = either(is_.identity == was.identity, was.identity == 0);
        _law(IDENTITY_KEPT, both(both(once, implies(was.taken != 0, is_.taken != 0)), _unusedNumbersEmpty(is_)));
    }

    function _books() private view returns (Books memory books) {
        uint256 anyone = ParticipantId.unwrap(any);
        books.nonces = _nonces(any, word);
        books.version = wordAt(target, inner(desk, VERSION_OF)) & type(uint32).max;
        books.member = MemberWord.unwrap(_member(any));
        books.key = _key(any, index);
        books.taken = wordAt(target, inner(uint256(fingerprint), inner(anyone, TAKEN))) & 1;
        books.identity = wordAt(target, inner(uint256(fingerprint), IDENTITIES)) & type(uint32).max;
    }

    /// @dev Nobody has a number above the count of participants, so that an admission takes nobody's place.
    function _unusedNumbersEmpty(Books memory books) private view returns (bool) {
        uint256 count = uint32(wordAt(target, STATE) >> 16);
        return implies(ParticipantId.unwrap(any) > count, books.member == 0);
    }

    // ---- every state-changing function: acts

    function check_authorise(ActWord act, uint256 nonce, bytes32 structHash, uint8 signer) external {
        (actor, taken, takes) = (act.actorOf(), nonce, true);
        _step(abi.encodeCall(IParticipants.authorise, (act, nonce, structHash, _approval(actor, signer))));
    }

    function check_useStanding(ActWord act, uint256 nonce, bytes32 structHash, uint256 used, uint8 signer) external {
        vm.assume(used <= type(uint96).max);
        actor = act.actorOf();
        bytes memory approvals = _approval(actor, signer);
        _step(abi.encodeCall(IParticipants.useStanding, (act, nonce, structHash, used, approvals)));
    }

    function check_digestOf() external {
        _step(abi.encodeCall(IParticipants.digestOf, (address(new Refusal()), "")));
    }

    // ---- asked by administration and oversight

    function check_admit(Admitted memory admitted, uint8 duty, uint40 expiry) external {
        admitted.signers = _signers(duty, expiry);
        _step(abi.encodeCall(IParticipants.admit, (admitted)));
    }

    function check_setSuspended(ParticipantId subject, bool suspended) external {
        _step(abi.encodeCall(IParticipants.setSuspended, (subject, suspended, "")));
    }

    function check_setPaused(bool paused) external {
        _step(abi.encodeCall(IParticipants.setPaused, (paused, "")));
    }

    function check_addSigner(ParticipantId participant, uint8 duty, uint40 expiry) external {
        _step(abi.encodeCall(IParticipants.addSigner, (participant, _signers(duty, expiry)[0])));
    }

    function check_endSigner(ParticipantId participant, uint8 signer) external {
        _step(abi.encodeCall(IParticipants.endSigner, (participant, signer, "")));
    }

    function check_replaceSigners(ParticipantId participant, uint8 duty, uint40 expiry) external {
        _step(abi.encodeCall(IParticipants.replaceSigners, (participant, _signers(duty, expiry))));
    }

    function check_setThreshold(ParticipantId participant, uint8 low, uint8 high, uint64 highFrom) external {
        MemberWord member = _member(participant);
        vm.assume(member.signersOf() <= member.firstSignerOf() + 1);
        _step(abi.encodeCall(IParticipants.setThreshold, (participant, low, high, highFrom)));
    }

    function check_voidNonce(ParticipantId participant, uint256 nonce) external {
        (actor, taken, takes) = (participant, nonce, true);
        _step(abi.encodeCall(IParticipants.voidNonce, (participant, nonce)));
    }

    function check_addVersion() external {
        address[] memory desks = new address[](1);
        desks[0] = address(new Refusal());
        _step(abi.encodeCall(IParticipants.addVersion, (desks)));
    }

    function check_setFrozen(ParticipantId subject, bool frozen) external {
        freezes = true;
        _step(abi.encodeCall(IParticipants.setFrozen, (subject, frozen)));
    }

    function _signers(uint8 duty, uint40 expiry) private returns (Signer[] memory signers) {
        signers = new Signer[](1);
        signers[0] = Signer(svm.createBytes(20, "account"), duty, expiry, "");
    }
}
