// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Act, adopt, Head, NewKey, RuleTerms, Verb} from "../Act.sol";
import {Book} from "../oracle/Book.sol";
import {Finder} from "../oracle/Finder.sol";
import {Moneys} from "./Moneys.sol";

/// @notice Acts of oversight, lines, rules and administration.
abstract contract Offices is Moneys {
    struct Case {
        uint256 subject;
        bytes32 word;
    }

    Case[] private _cases;
    bytes[] private _recoveries;
    bytes[] private _versions;
    uint256 private _label = 10_000;
    bytes32 private _identity;

    // ---- oversight

    function makeFreeze(Act memory act) internal {
        act.payableId = anyPayable();
        uint256 face = payableRecord(act.payableId).face;
        act.start = roll(face);
        act.end = chance(30) ? face : act.start + amountOf(face - act.start);
        if (chance(4)) act.end = chance(50) ? act.start : face + 1;
        openCase(act);
        act.head = headOf(mostly(OVERSEEING), 0, HIGHEST);
    }

    function openCase(Act memory act) private {
        act.word = chance(96) ? freshWord() : bytes32(0);
        act.day = nowDay() + 30;
        if (chance(8)) act.day = nowDay() + 1 - roll(3);
    }

    function makeUnfreeze(Act memory act) internal {
        uint256 id = voucher(Finder.Want.Frozen);
        act.payableId = id >> 32;
        Book.Freeze[] memory freezes = oracle.freezesOf(act.payableId);
        act.number = roll(freezes.length + (chance(20) ? 1 : 0));
        for (uint256 i; i < freezes.length && chance(90); ++i) {
            if (!freezes[i].lifted) act.number = i;
        }
        if (act.number < freezes.length && chance(94)) act.word = freezes[act.number].caseWord;
        act.head = headOf(mostly(OVERSEEING), 0, HIGHEST);
    }

    function makeFreezeParticipant(Act memory act) internal {
        act.to = chance(95) ? between(ACME, CLEARING) : anyParty();
        openCase(act);
        if (_cases.length != 0 && chance(15)) {
            Case storage old = _cases[roll(_cases.length)];
            (act.to, act.word) = (old.subject, old.word);
        } else {
            _cases.push(Case(act.to, act.word));
        }
        act.head = headOf(mostly(OVERSEEING), 0, HIGHEST);
    }

    function makeUnfreezeParticipant(Act memory act) internal {
        uint256 count = _cases.length;
        if (count == 0) {
            passOn();
            (act.to, act.word) = (ACME, freshWord());
        } else {
            uint256 place = roll(count);
            (act.to, act.word) = (_cases[place].subject, _cases[place].word);
            // Closed now; rarely it is tried again.
            if (chance(90)) {
                _cases[place] = _cases[count - 1];
                _cases.pop();
            }
        }
        act.head = headOf(chance(95) ? OVERSEEING : anyParty(), 0, HIGHEST);
    }

    // ---- lines and rules

    function makeSetLimit(Act memory act) internal {
        act.to = chance(85) ? between(ACME, BIRCH) : anyParty();
        uint256 kind = roll(12);
        act.amount = kind == 0 ? 0 : kind == 1 ? 2 ** 64 - 1 : kind == 2 ? 2 ** 57 : between(10 ** 6, 10 ** 7);
        act.head = headOf(mostly(between(DELTA, ECHO)), 0, HIGHEST);
    }

    function makeSetRules(Act memory act) internal {
        RuleTerms memory terms = act.rules;
        terms.effective = nowDay() + (chance(70) ? 0 : roll(20));
        if (chance(4)) terms.effective -= 1;
        terms.tenorDaysMax = chance(80) ? 365 : between(0, 367);
        terms.offerDays = chance(85) ? between(1, 15) : between(0, 61);
        terms.depthMax = chance(85) ? between(3, 9) : between(0, 2);
        if (chance(40)) terms.piecesMax = between(2, 12);
        if (chance(40)) terms.pieceMin = sumOf(3);
        terms.lateRateDaily = chance(90) ? roll(2_000_000) : 1e8 + roll(2);
        terms.overdueMultiplier = chance(95) ? 1e9 + roll(1e9) : 1e9 - 1;
        terms.registrationRequired = chance(25);
        joint(act);
    }

    function makeSetHolidays(Act memory act) internal {
        act.day = nowDay() / 256 * 256 + (chance(50) ? 256 : 0);
        if (chance(8)) act.day += 1;
        // Days that are holidays with one in four or in eight; rarely a long run of them.
        act.number = roll() & roll() & (chance(50) ? type(uint256).max : roll());
        if (chance(10)) act.number = (2 ** 40 - 1) << roll(200);
        joint(act);
    }

    /// @dev The operator with a bank.
    function joint(Act memory act) private {
        uint256 actor = mostly(OPERATING);
        act.head = headOf(actor, 0, HIGHEST);
        act.quote = headOf(chance(3) ? actor : bank(), 0, HIGHEST);
    }

    // ---- administration

    function makeSuspend(Act memory act) internal {
        act.to = chance(93) ? between(ACME, CLEARING) : anyParty();
        act.flag = chance(25);
        for (uint256 party = ACME; party <= CLEARING && !act.flag; ++party) {
            if (oracle.partyView(party).suspended) act.to = party;
        }
        act.head = headOf(mostly(OPERATING), 0, HIGHEST);
    }

    function makePause(Act memory act) internal {
        bool paused = oracle.isPaused();
        act.flag = chance(90) ? !paused : paused;
        act.head = headOf(chance(paused ? 98 : 85) ? OPERATING : anyParty(), 0, HIGHEST);
    }

    function makeVoidNonce(Act memory act) internal {
        uint256 party = anyParty();
        act.head = headOf(party, 0, ONE_SIGNER);
        act.number = chance(80) ? 1_000_000 + roll(1_000_000) : act.head.nonce - roll(2);
        // Nonces of standing offers, so that they end.
        if (chance(20)) act.number = 500 + anyPayable();
    }

    function newKey() private returns (NewKey memory key) {
        key = NewKey(_label, between(1, 3), 0, 0, false);
        _label += 2;
        uint256 kind = roll(40);
        if (kind == 0) key.form = 1;
        else if (kind == 1) key.form = 2;
        else if (kind == 2) key.unproved = true;
        else if (kind == 3) key.duty = chance(50) ? 0 : 4;
        else if (kind < 10) key.expiry = block.timestamp + between(1, 20) * DAY;
    }

    function newKeys(uint256 count) private returns (NewKey[] memory keys) {
        keys = new NewKey[](count);
        for (uint256 i; i < count; ++i) {
            keys[i] = newKey();
            // The same key twice is none.
            if (i != 0 && chance(4)) keys[i].label = keys[0].label;
        }
    }

    function makeAddSigner(Act memory act) internal {
        uint256 party = anyParty();
        act.keys = newKeys(1);
        if (chance(10)) act.keys[0].label = party * 10;
        act.head = headOf(party, 0, HIGHEST);
    }

    function makeRevokeSigner(Act memory act) internal {
        uint256 party = anyParty();
        (uint256[] memory numbers,) = oracle.activeKeys(party);
        uint256 count = numbers.length;
        // Somebody must be left to sign.
        act.number = count > 3 && chance(80) ? numbers[count - 1 - roll(count - 3)] : between(3, 12);
        act.word = freshWord();
        act.head = headOf(party, 0, HIGHEST);
    }

    function makeSetThreshold(Act memory act) internal {
        uint256 party = anyParty();
        (uint256[] memory numbers,) = oracle.activeKeys(party);
        thresholds(act, numbers.length);
        act.head = headOf(party, 0, HIGHEST);
    }

    function thresholds(Act memory act, uint256 keys) private {
        act.low = 1;
        act.high = keys < 2 ? 1 : between(1, 2);
        if (chance(10)) act.high = keys;
        if (chance(8)) act.low = roll(4);
        if (chance(4)) act.high = keys + between(8, 20);
        uint256 kind = roll(10);
        act.highFrom = kind == 0 ? 0 : kind == 1 ? 2 ** 48 + roll(2) : kind < 4 ? 2 ** 48 - 1 : sumOf(6);
    }

    function makeAdmit(Act memory act) internal {
        uint256 kind = roll(20);
        act.roles = kind == 0 ? 0 : kind == 1 ? 64 + roll(8) : kind < 16 ? between(1, 3) : between(4, 63);
        act.word = freshWord();
        if (_identity != 0 && chance(8)) act.word = chance(50) ? _identity : bytes32(0);
        _identity = act.word;
        act.bank = chance(90) ? between(DELTA, ECHO) : anyParty();
        act.keys = newKeys(chance(97) ? between(1, 3) : roll(2) * 17);
        thresholds(act, act.keys.length);
        uint256 actor = mostly(OPERATING);
        act.head = headOf(actor, 0, HIGHEST);
        act.quote = headOf(chance(3) ? actor : bank(), 0, HIGHEST);
        act.offer = headOf(chance(80) ? CLEARING : anyParty(), 0, HIGHEST);
        if (chance(5)) act.offer = act.quote;
    }

    function makeProposeRecovery(Act memory act) internal {
        act.to = chance(92) ? between(ACME, OVERSEEING) : anyParty();
        act.keys = newKeys(chance(97) ? between(2, 4) : roll(2) * 17);
        thresholds(act, act.keys.length);
        uint256 actor = mostly(OPERATING);
        act.head = headOf(actor, 0, HIGHEST);
        // The recovery bank named at admission approves, whoever the command might wish.
        act.quote = headOf(oracle.partyView(act.to).recoveryBank, 0, HIGHEST);
        act.word = keccak256(abi.encode(act));
        _recoveries.push(abi.encode(act));
    }

    function makeVetoRecovery(Act memory act) internal {
        uint256 party;
        for (uint256 i = ACME; i <= OVERSEEING && chance(97); ++i) {
            (bytes32 terms,) = oracle.recoveryView(i);
            if (terms != 0) party = i;
        }
        if (party == 0) {
            passOn();
            party = anyParty();
        }
        act.head = headOf(party, 0, ONE_SIGNER);
    }

    function makeCompleteRecovery(Act memory act) internal {
        later(act, _recoveries, Verb.CompleteRecovery);
    }

    function makeProposeVersion(Act memory act) internal {
        uint256 actor = mostly(OPERATING);
        act.flag = chance(20);
        act.head = headOf(actor, 0, HIGHEST);
        act.quote = headOf(bank(), 0, HIGHEST);
        act.offer = headOf(act.quote.participant == DELTA && chance(90) ? ECHO : bank(), 0, HIGHEST);
        act.word = keccak256(abi.encode(act));
        _versions.push(abi.encode(act));
    }

    function makeCompleteVersion(Act memory act) internal {
        later(act, _versions, Verb.CompleteVersion);
    }

    /// @dev What was proposed, carried out; never what nobody proposed but in another's words.
    function later(Act memory act, bytes[] storage proposals, Verb verb) private {
        uint256 count = proposals.length;
        if (count == 0) {
            passOn();
            (act.to, act.word) = (ACME, freshWord());
            act.keys = newKeys(1);
            act.low = act.high = 1;
            return;
        }
        adopt(act, abi.decode(proposals[count - 1 - roll(count < 4 ? count : 4)], (Act)));
        act.verb = verb;
    }
}
