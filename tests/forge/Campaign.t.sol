// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";
import "./driver/Desks.sol";
import {Act, Refusal, Verb} from "./Act.sol";
import {Book} from "./oracle/Book.sol";
import {Settling} from "./oracle/Settling.sol";
import {Invariants} from "./Invariants.sol";
import {Selectors} from "./driver/Selectors.sol";

/// @notice Runs of many acts, each decided by the oracle and tried on the chain. A run begins with a fresh ledger; its seed, which is
/// all that forge draws, tells everything that happens in it.
contract CampaignTest is Invariants, Selectors {
    uint256 private constant VERBS = 46;
    uint256 private constant REFUSALS = 107;

    uint256[VERBS] private _accepted;
    uint256[VERBS] private _refused;
    uint256[REFUSALS] private _names;
    uint256 private _acts;
    string private _log;

    function setUp() external {
        assert(VERBS == uint256(type(Verb).max) + 1 && REFUSALS == uint256(type(Refusal).max) + 1);
        setStage();
        _log = vm.envOr("FENBOOK_COUNTS", "");
    }

    /// @notice Two of the same, so that forge runs them side by side.
    function testFuzz_left(bytes32 seed) external {
        run(keccak256(abi.encode("left", seed)));
    }

    function testFuzz_right(bytes32 seed) external {
        run(keccak256(abi.encode("right", seed)));
    }

    function run(bytes32 seed) internal {
        shake(seed);
        uint256 acts = vm.envOr("FENBOOK_ACTS", 500);
        uint256 interval = vm.envOr("FENBOOK_CHECK_INTERVAL", 100);
        for (uint256 i; i < OPENINGS; ++i) {
            require(isCarriedOut(opening(i)), "the stage is not set");
        }
        theme = roll(12) < 10 ? 0 : between(1, 2);
        if (theme != 0) begin();
        for (uint256 i; i < acts; ++i) {
            // Each step in a frame of its own, whose memory goes with it.
            try this.step() {}
            catch Error(string memory reason) {
                fail(seed, i, reason);
            } catch {
                fail(seed, i, "the driver broke");
            }
            if (i % interval == interval - 1 || i + 1 == acts) this.check(seed, i);
        }
        tell(seed, acts);
    }

    /// @dev The payable that the theme stays with goes live.
    function begin() private {
        focus = 1;
        Act memory act;
        act.verb = Verb.Accept;
        (act.voucher, act.end) = ((1 << 32) + 1, 100_000);
        act.head.participant = CEDAR;
        act.head.deadline = block.timestamp + 900;
        act.head.approval.signers = new uint256[](1);
        require(isCarriedOut(act), "the stage is not set");
    }

    function isCarriedOut(Act memory act) private returns (bool) {
        (Refusal refusal,) = perform(act, false);
        return refusal == Refusal.None;
    }

    function step() external {
        require(msg.sender == address(this));
        passTime();
        Act memory act = nextAct();
        bytes32 before = chance(1) ? claimsDigest() : bytes32(0);
        (Refusal refusal, bool nonceUsed) = perform(act, chance(6));
        lookAt(act, refusal, nonceUsed);
        if (before != 0 && refusal == Refusal.None) check_I42_administration(act, before);
        if (before != 0 && refusal != Refusal.None) check_I47_refusal(act, before);
        if (refusal == Refusal.None) ++_accepted[uint256(act.verb)];
        else ++_refused[uint256(act.verb)];
        ++_names[uint256(refusal)];
    }

    function check(bytes32 seed, uint256 act) external {
        try this.checkAll() {}
        catch Error(string memory reason) {
            fail(seed, act, reason);
        } catch {
            fail(seed, act, "a view broke");
        }
    }

    function fail(bytes32 seed, uint256 act, string memory reason) private pure {
        revert(string.concat("act ", vm.toString(act), " of run ", vm.toString(seed), ": ", reason));
    }

    function checkAll() external {
        compareAll();
        lookAtAll();
    }

    // ---- one act

    /// @return chain what the ledger said
    /// @return nonceUsed whether the act's nonce is used up now, on the ledger
    function perform(Act memory act, bool relayed) private returns (Refusal chain, bool nonceUsed) {
        (address desk, bytes memory call) = callOf(act);
        relayed = relayed && act.verb != Verb.Trespass && act.verb != Verb.Settle;
        (bool done, bytes memory answer) = relayed ? relayTo(desk, call) : desk.call(call);
        chain = done ? Refusal.None : named(act, answer);
        try oracle.decide(act) returns (Settling.Settled[] memory told) {
            agree(act, chain, Refusal.None);
            if (act.verb == Verb.Settle) sameResults(abi.decode(answer, (uint8[])), told);
        } catch (bytes memory refused) {
            if (bytes4(refused) != Book.Refused.selector) revert(string.concat("verb ", number(act), ": the oracle broke"));
            agree(act, chain, reasonOf(refused));
        }
        nonceUsed = sameNonce(act);
    }

    function reasonOf(bytes memory refused) private pure returns (Refusal why) {
        assembly ("memory-safe") {
            why := mload(add(refused, 0x24))
        }
    }

    function relayTo(address desk, bytes memory call) private returns (bool, bytes memory) {
        address[] memory desks = new address[](1);
        desks[0] = desk;
        // One item: the desk's place, the call's length, the call.
        bytes[] memory reasons = relay.relay(desks, 1, bytes.concat(bytes1(0), bytes3(uint24(call.length)), call));
        return reasons.length == 0 ? (true, bytes("")) : (false, reasons[0]);
    }

    /// @dev A panic, a string or nothing at all is a fault of the contracts.
    function named(Act memory act, bytes memory reason) private view returns (Refusal refusal) {
        refusal = _refusalOf[bytes4(reason)];
        if (refusal != Refusal.None) return refusal;
        string memory selector = vm.toString(bytes32(bytes4(reason)));
        revert(string.concat("verb ", number(act), ": the chain broke with ", selector));
    }

    function number(Act memory act) private pure returns (string memory) {
        return vm.toString(uint256(act.verb));
    }

    /// @dev Numbers are places in `Verb` and `Refusal`; who reads the failure puts names to them.
    function agree(Act memory act, Refusal chain, Refusal told) private pure {
        if (chain == told) return;
        string memory answers = string.concat(vm.toString(uint256(chain)), ", oracle ", vm.toString(uint256(told)));
        revert(string.concat("verb ", number(act), ": chain ", answers));
    }

    function sameResults(uint8[] memory chain, Settling.Settled[] memory told) private pure {
        same(chain.length, told.length, "settle results", 0);
        for (uint256 i; i < told.length; ++i) {
            same(chain[i], uint256(told[i]), "settle result", i);
        }
    }

    function sameNonce(Act memory act) private view returns (bool used) {
        (uint256 party, uint256 nonce) = (act.head.participant, act.head.nonce);
        used = participants.isNonceUsed(uint32(party), nonce);
        same(used ? 1 : 0, oracle.isNonceUsed(party, nonce) ? 1 : 0, "nonce", nonce);
    }

    // ---- the tally of a run

    function tell(bytes32 seed, uint256 acts) private {
        if (bytes(_log).length == 0) return;
        string memory line = string.concat('{"seed":"', vm.toString(seed), '","acts":', vm.toString(acts));
        line = string.concat(line, ',"accepted":', listed(_accepted));
        line = string.concat(line, ',"refused":', listed(_refused), ',"names":[');
        for (uint256 i; i < REFUSALS; ++i) {
            line = string.concat(line, i == 0 ? "" : ",", vm.toString(_names[i]));
        }
        vm.writeLine(_log, string.concat(line, "]}"));
    }

    function listed(uint256[VERBS] storage values) private view returns (string memory list) {
        list = "[";
        for (uint256 i; i < VERBS; ++i) {
            list = string.concat(list, i == 0 ? "" : ",", vm.toString(values[i]));
        }
        list = string.concat(list, "]");
    }
}
