// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Act, Differs, Head, Verb} from "../Act.sol";
import {Book} from "../oracle/Book.sol";
import {Clerk} from "./Clerk.sol";
import {Dice} from "./Dice.sol";
import {Finder} from "../oracle/Finder.sol";

/// @notice What all makers of acts share: who acts, under which nonce, until when, with whose approvals; and what may be wrong.
abstract contract Driver is Clerk, Dice {
    uint256 internal constant DAY = 86400;

    // The cast.
    uint256 internal constant ACME = 1;
    uint256 internal constant BIRCH = 2;
    uint256 internal constant CEDAR = 3;
    uint256 internal constant DELTA = 4;
    uint256 internal constant ECHO = 5;
    uint256 internal constant CLEARING = 6;
    uint256 internal constant OPERATING = 7;
    uint256 internal constant OVERSEEING = 8;

    // How many approvals a command of this kind needs.
    uint256 internal constant ONE_SIGNER = 0;
    uint256 internal constant BY_AMOUNT = 1;
    uint256 internal constant HIGHEST = 2;

    uint256 private _nonce = 1000;
    uint256 internal nextWord = 1;

    /// @dev The act that is being made will not be tried: whoever helps to make it may spare the work.
    bool internal idle;

    /// @dev What the theme of a run lays stress on; 0 for none.
    uint256 internal theme;

    /// @dev The payable that a theme comes back to again and again.
    uint256 internal focus;

    function nowDay() internal view returns (uint256) {
        return (block.timestamp + 8 * 3600) / DAY;
    }

    function anyParty() internal returns (uint256) {
        (,,,, uint256 count,) = oracle.counts();
        uint256 kind = roll(60);
        if (kind == 0) return 0;
        if (kind == 1) return count + 1;
        return between(1, count);
    }

    function trader() internal returns (uint256) {
        return chance(90) ? between(ACME, ECHO) : anyParty();
    }

    function bank() internal returns (uint256) {
        return chance(92) ? between(DELTA, ECHO) : anyParty();
    }

    function settlementBank() internal returns (uint256) {
        return chance(95) ? between(ECHO, CLEARING) : anyParty();
    }

    /// @dev Mostly who should act.
    function mostly(uint256 right) internal returns (uint256) {
        return chance(88) ? right : anyParty();
    }

    function freshWord() internal returns (bytes32) {
        return keccak256(abi.encode("a word of the campaign", nextWord++));
    }

    // ---- heads

    function headOf(uint256 party, uint256 amount, uint256 level) internal returns (Head memory head) {
        if (idle) return head;
        head.participant = party;
        uint256 random = roll();
        head.nonce = nonce((random >> 16) % 100);
        head.deadline = deadline((random >> 32) % 100);
        approve(head, amount, level, (random >> 48) % 150);
    }

    function nonce(uint256 kind) private returns (uint256) {
        if (kind < 94) return ++_nonce;
        if (kind < 97) return between(1000, _nonce);
        // At the edges of words of the bitmap.
        if (kind == 97) return 255 + roll(2);
        return kind == 98 ? 2 ** 255 - roll(2) : type(uint256).max - roll(2);
    }

    function deadline(uint256 kind) private view returns (uint256) {
        if (kind < 92) return block.timestamp + 900;
        if (kind < 94) return block.timestamp;
        if (kind < 96) return block.timestamp + 7 days;
        if (kind < 98) return block.timestamp - 1;
        return block.timestamp + 7 days + 1;
    }

    /// @dev Signers that do, or a fault in their number, order, kind or signatures.
    function approve(Head memory head, uint256 amount, uint256 level, uint256 kind) private {
        uint256[] memory signers = oracle.properSigners(head.participant, amount, level);
        if (kind < 137) {
            // Good as they are.
        } else if (kind < 139) {
            assembly ("memory-safe") {
                if mload(signers) { mstore(signers, sub(mload(signers), 1)) }
            }
        } else if (kind < 141) {
            head.approval.wrong = 1 << roll(signers.length);
        } else if (kind == 141) {
            head.approval.cutShort = true;
        } else if (kind == 142 && signers.length != 0) {
            signers = with(signers, signers[0]);
        } else if (kind == 143) {
            signers = with(signers, between(5, 30));
        } else if (kind == 144) {
            signers = new uint256[](17);
            for (uint256 i; i < 17; ++i) {
                signers[i] = i;
            }
        } else if (kind < 148) {
            // Whoever it is: an expired or revoked one, a checker alone.
            signers = new uint256[](1);
            signers[0] = roll(5);
        } else {
            signers = new uint256[](2);
            // Two makers, or a maker and who has left.
            (signers[0], signers[1]) = (0, between(2, 3));
        }
        head.approval.signers = signers;
    }

    function with(uint256[] memory signers, uint256 more) private pure returns (uint256[] memory all) {
        all = new uint256[](signers.length + 1);
        for (uint256 i; i < signers.length; ++i) {
            all[i] = signers[i];
        }
        all[signers.length] = more;
    }

    // ---- vouchers

    /// @dev Mostly one of the wanted kind, sometimes any, sometimes none at all.
    function voucher(Finder.Want want) internal returns (uint256 id) {
        uint256 kind = roll(100);
        if (kind < 90) {
            id = oracle.find(want, roll() >> 8);
            if (id == 0) passOn();
            if (idle) return 0;
        }
        if (id == 0 && kind < 98) id = oracle.find(Finder.Want.AnyVoucher, roll() >> 8);
        if (id == 0) id = (between(0, 3) << 32) + roll(4);
    }

    /// @dev Nothing was found that the verb could be tried on; now and then it is tried all the same.
    function passOn() internal {
        if (!chance(15)) idle = true;
    }

    function anyPayable() internal returns (uint256) {
        (uint256 count,,,,,) = oracle.counts();
        if (focus != 0 && theme != 0 && chance(70)) return focus;
        if (chance(95) && count != 0) return count - roll(count < 16 ? count : 16);
        return roll(count + 3);
    }

    function recordOf(uint256 id) internal view returns (Book.Voucher memory record) {
        if (!idle) record = oracle.voucherView(id);
    }

    function payableRecord(uint256 id) internal view returns (Finder.Brief memory) {
        return oracle.brief(id);
    }

    /// @dev The range of a voucher, rarely another.
    function bind(Act memory act, Book.Voucher memory record) internal {
        (act.start, act.end) = (record.start, record.end);
        if (chance(3)) act.end += 1;
    }

    function differing(uint256 most) internal returns (Differs) {
        return chance(94) ? Differs.Nothing : Differs(between(1, most));
    }

    function rate() internal returns (uint256) {
        uint256 kind = roll(30);
        if (kind == 0) return 0.36e9 + 1;
        if (kind == 1) return 0.36e9;
        if (kind == 2) return 0;
        return roll(0.24e9);
    }
}
