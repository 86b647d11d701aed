// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CampaignTest} from "./Campaign.t.sol";
import {vm} from "./Vm.sol";

/// @notice What only this run asks of forge.
interface Hand {
    function deal(address account, uint256 balance) external;
    function envString(string calldata name) external view returns (string memory);
    function readLine(string calldata path) external view returns (string memory);
    function parseUint(string calldata text) external pure returns (uint256);
}

/// @notice Runs of the campaign, each with one mutant of the contracts alive; tests/mutants names and counts them.
/// @dev The artifacts hold all mutants. The one lives whose address has a balance.
contract MutantsTest is CampaignTest {
    Hand private constant HAND = Hand(address(vm));
    uint160 private constant SWITCHES = uint160(uint48(bytes6("mutant"))) << 64;

    /// @dev A mutant that loops for ever ends here, and counts as noticed.
    uint256 private constant GAS = 40_000_000_000;

    /// @dev Takes back what a run did that found nothing.
    error NothingFound();

    function test_mutants() external {
        string memory waiting = HAND.envString("FENBOOK_MUTANTS");
        string memory found = HAND.envString("FENBOOK_FOUND");
        uint256 seed = vm.envOr("FENBOOK_MUTANT_SEED", 1);
        uint256 start = block.timestamp;
        for (string memory line = HAND.readLine(waiting); bytes(line).length != 0; line = HAND.readLine(waiting)) {
            address switch_ = address(SWITCHES + uint160(HAND.parseUint(line)));
            HAND.deal(switch_, 1);
            vm.warp(start);
            string memory how = _outcome(bytes32(seed));
            HAND.deal(switch_, 0);
            vm.writeLine(found, string.concat(line, " ", how));
        }
    }

    function oneRun(bytes32 seed) external {
        run(seed);
        revert NothingFound();
    }

    function _outcome(bytes32 seed) private returns (string memory) {
        try this.oneRun{gas: GAS}(seed) {}
        catch (bytes memory reason) {
            if (bytes4(reason) == NothingFound.selector) return "";
            if (bytes4(reason) != 0x08c379a0) return "broke";
            assembly ("memory-safe") {
                reason := add(reason, 0x44)
            }
            return string(reason);
        }
        return "";
    }
}
