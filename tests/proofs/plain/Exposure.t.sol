// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Anything} from "../Anything.sol";
import {both, either, implies} from "../Logic.sol";
import {Exposure} from "contracts/registry/Exposure.sol";
import {Induction} from "../Induction.sol";
import {IParticipants} from "contracts/interfaces/IParticipants.sol";
import {ParticipantId} from "contracts/types/Ids.sol";
import {SetLimit} from "contracts/types/MoneyCommands.sol";
import {inner, wordAt} from "../Storage.sol";
import {svm, vm} from "../Svm.sol";

/// @notice The laws of lines, of what is outstanding on them, and of the days on which unpaid payables fall due.
contract ExposureLaws is Induction {
    uint256 private constant LINES = 0;
    uint256 private constant LIMIT = 1;
    uint256 private constant UNPAID = 2;
    uint256 private constant OTHERS = 3;

    /// Slots of `Exposure`.
    uint256 private constant LINE_OF = 0;
    uint256 private constant SUM_OF = 2;
    uint256 private constant DAYS_OF = 4;

    struct Books {
        uint256 line;
        uint256 outstanding;
        uint256 limit;
        uint256 rest;
    }

    ParticipantId private bank;
    ParticipantId private obligor;
    ParticipantId private other;
    uint16 private due;
    uint16 private day;
    Books private was;
    uint256 private othersWas;

    function setUp() public {
        target = address(new Exposure(IParticipants(address(new Anything()))));
        svm.enableSymbolicStorage(target);
    }

    function _before() internal override {
        other = ParticipantId.wrap(uint32(svm.createUint(32, "other obligor")));
        day = uint16(svm.createUint(16, "day"));
        vm.assume(other != obligor);
        vm.assume(_unpaidTrue());
        vm.assume(_lineTrue());
        was = _books();
        othersWas = _line(other);
    }

    function _after() internal override {
        Books memory is_ = _books();
        _law(LINES, both(_lineTrue(), is_.rest == was.rest));
        _law(LIMIT, implies(is_.outstanding > was.outstanding, is_.outstanding <= is_.limit));
        _law(UNPAID, _unpaidTrue());
        _law(OTHERS, _line(other) == othersWas);
    }

    function _line(ParticipantId of_) private view returns (uint256) {
        return wordAt(target, inner(ParticipantId.unwrap(of_), LINE_OF));
    }

    function _books() private view returns (Books memory books) {
        books.line = _line(obligor);
        (books.limit, books.outstanding) = (uint64(books.line), uint64(books.line >> 64));
        uint256 sum = wordAt(target, inner(ParticipantId.unwrap(obligor), SUM_OF));
        unchecked {
            books.rest = sum - Exposure(target).limitOf(bank, obligor);
        }
    }

    /// @dev The line is the sum of the banks' lines, up to its type's largest value.
    function _lineTrue() private view returns (bool) {
        uint256 sum = wordAt(target, inner(ParticipantId.unwrap(obligor), SUM_OF));
        uint256 limit = uint64(_line(obligor));
        bool large = sum > type(uint64).max;
        return either(both(large, limit == type(uint64).max), both(!large, limit == sum));
    }

    /// @dev Of the day that the act names, of day 0, on which nothing falls due, and of any other.
    function _unpaidTrue() private view returns (bool) {
        bool none = Exposure(target).unpaidCount(obligor, 0) == 0;
        bool set = both(_daySetTrue(day), both(_daySetTrue(due), _daySetTrue(0)));
        return both(both(none, set), _unpaidSeen(day));
    }

    /// @dev A day is in the set where unpaid payables fall due on it, and the summary tells of its word.
    function _daySetTrue(uint16 day_) private view returns (bool) {
        uint256 set = inner(ParticipantId.unwrap(obligor), DAYS_OF);
        uint256 word = wordAt(target, inner(day_ >> 8, set + 1));
        bool within = (word >> (day_ & 0xff)) & 1 != 0;
        bool summed = (wordAt(target, set) >> (day_ >> 8)) & 1 != 0;
        bool counted = Exposure(target).unpaidCount(obligor, day_) != 0;
        return both(within == counted, summed == (word != 0));
    }

    /// @dev The first unpaid day is not after any day on which an unpaid payable falls due.
    function _unpaidSeen(uint16 day_) private view returns (bool) {
        uint256 first = uint16(_line(obligor) >> 128);
        bool counted = Exposure(target).unpaidCount(obligor, day_) != 0;
        return implies(counted, both(first != 0, first <= day_));
    }

    // ---- every state-changing function

    function check_setLimit(SetLimit calldata command) external {
        (bank, obligor) = (command.participant, command.obligor);
        _step(abi.encodeCall(Exposure.setLimit, (command, "")));
    }

    function check_issued(ParticipantId of_, uint64 face) external {
        obligor = of_;
        _step(abi.encodeCall(Exposure.issued, (of_, face)));
    }

    function check_reduced(ParticipantId of_, uint64 amount) external {
        obligor = of_;
        _step(abi.encodeCall(Exposure.reduced, (of_, amount)));
    }

    function check_owed(ParticipantId of_, uint16 due_) external {
        vm.assume(due_ != 0);
        (obligor, due) = (of_, due_);
        _step(abi.encodeCall(Exposure.owed, (of_, due_)));
    }

    function check_cleared(ParticipantId of_, uint16 due_) external {
        vm.assume(due_ != 0);
        (obligor, due) = (of_, due_);
        _step(abi.encodeCall(Exposure.cleared, (of_, due_)));
    }

    // ---- what the law of unpaid days is for

    /// @notice I31: while a payable that fell due before today is unpaid, its obligor is refused.
    function check_overdue_obligor_is_refused(ParticipantId of_, uint16 due_, uint32 time) external {
        obligor = of_;
        vm.assume(both(due_ != 0, Exposure(target).unpaidCount(of_, due_) != 0));
        vm.assume(_unpaidSeen(due_));
        vm.assume(due_ < (uint256(time) + 8 hours) / 1 days);
        vm.warp(time);
        try Exposure(target).requireNotBlocked(of_) {
            assert(false);
        } catch {}
    }
}
