// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "../Vm.sol";
import "./Desks.sol";
import {Act, NewKey, RuleTerms} from "../Act.sol";

/// @notice The real ledger: the compiled artifacts, put on the chain in one order, naming each other in their constructors.
abstract contract World {
    struct Founder {
        uint16 roles;
        bytes32 identity;
        uint32 recoveryBank;
        uint8 thresholdLow;
        uint8 thresholdHigh;
        uint64 highFrom;
        S.Signer[] signers;
    }

    struct Verifier {
        address account;
        uint8 kind;
    }

    struct Parts {
        address participants;
        address exposure;
        address oversight;
        address issuance;
        address offers;
        address sales;
        address loans;
        address settlement;
    }

    IParticipantsView internal participants;
    IAdministrationDesk internal administration;
    IRulesDesk internal rules;
    IExposureDesk internal exposure;
    IInvoicesView internal invoices;
    IDepositsDesk internal deposits;
    IVouchersDesk internal vouchers;
    IIssuanceDesk internal issuance;
    IOffersDesk internal offers;
    ISalesDesk internal sales;
    ILoansDesk internal loans;
    ISettlementDesk internal settlement;
    IOversightDesk internal oversight;
    IRelayDesk internal relay;
    address internal verifier;

    string private _artifacts;
    uint256 private _first;

    function deploy(Act[] memory founders, RuleTerms memory terms) internal {
        _artifacts = vm.envOr("FENBOOK_ARTIFACTS", "../../ledger/chain/artifacts");
        Verifier[] memory verifiers = new Verifier[](3);
        verifiers[0] = Verifier(_create("ERC7913P256Verifier", ""), 1);
        verifiers[1] = Verifier(_create("ERC7913WebAuthnVerifier", ""), 2);
        verifiers[2] = Verifier(_create("ERC7913RSAVerifier", ""), 3);
        verifier = verifiers[0].account;
        _first = vm.getNonce(address(this));
        _name();
        address[] memory desks = new address[](11);
        for (uint256 i; i < 11; ++i) {
            desks[i] = _at(i + 1);
        }
        bytes[] memory encoded = new bytes[](founders.length);
        for (uint256 i; i < founders.length; ++i) {
            encoded[i] = _founder(founders[i]);
        }
        address people = _at(0);
        _create("Participants", abi.encode(encoded, desks, verifiers, _at(1)));
        _create("Administration", abi.encode(people));
        _create("Rules", abi.encode(people, ruleSetOf(terms)));
        _create("Exposure", abi.encode(people));
        _create("Deposits", abi.encode(people));
        _create("Vouchers", abi.encode(Parts(people, _at(3), _at(11), _at(6), _at(7), _at(8), _at(9), _at(10))));
        _create("Issuance", abi.encode(people, _at(5), _at(2), _at(3), _at(12)));
        _create("Offers", abi.encode(people, _at(5), _at(3), _at(12)));
        _create("Sales", abi.encode(people, _at(5), _at(10), _at(2), _at(4)));
        _create("Loans", abi.encode(people, _at(5), _at(10), _at(2), _at(4)));
        _create("Settlement", abi.encode(people, _at(5), _at(2), _at(4), _at(9)));
        _create("Oversight", abi.encode(people, _at(5)));
        _create("Invoices", abi.encode(people));
        _create("Relay", abi.encode(people));
    }

    /// @dev 0 to 13 in the order of creation; 1 to 11 are the desks.
    function _name() private {
        participants = IParticipantsView(_at(0));
        administration = IAdministrationDesk(_at(1));
        rules = IRulesDesk(_at(2));
        exposure = IExposureDesk(_at(3));
        deposits = IDepositsDesk(_at(4));
        vouchers = IVouchersDesk(_at(5));
        issuance = IIssuanceDesk(_at(6));
        offers = IOffersDesk(_at(7));
        sales = ISalesDesk(_at(8));
        loans = ILoansDesk(_at(9));
        settlement = ISettlementDesk(_at(10));
        oversight = IOversightDesk(_at(11));
        invoices = IInvoicesView(_at(12));
        relay = IRelayDesk(_at(13));
    }

    function _at(uint256 number) private view returns (address) {
        return vm.computeCreateAddress(address(this), _first + number);
    }

    function _create(string memory name, bytes memory arguments) private returns (address created) {
        string memory json = vm.readFile(string.concat(_artifacts, "/", name, ".json"));
        bytes memory code = bytes.concat(vm.parseJsonBytes(json, ".bytecode"), arguments);
        assembly ("memory-safe") {
            created := create(0, add(code, 0x20), mload(code))
        }
        require(created != address(0), string.concat("not created: ", name));
    }

    function _founder(Act memory act) private pure returns (bytes memory) {
        return abi.encode(
            Founder(
                uint16(act.roles),
                act.word,
                uint32(act.bank),
                uint8(act.low),
                uint8(act.high),
                uint64(act.highFrom),
                signersOf(act.keys)
            )
        );
    }

    // ---- records of the ABI

    function privateKey(uint256 label) internal pure returns (uint256 key) {
        assembly ("memory-safe") {
            mstore(0, "a key of the campaign")
            mstore(0x20, label)
            key := keccak256(0, 0x40)
        }
    }

    function signersOf(NewKey[] memory keys) internal pure returns (S.Signer[] memory signers) {
        signers = new S.Signer[](keys.length);
        for (uint256 i; i < keys.length; ++i) {
            signers[i] = signerOf(keys[i]);
        }
    }

    function signerOf(NewKey memory key) internal pure returns (S.Signer memory signer) {
        signer.key = abi.encodePacked(vm.addr(privateKey(key.label)));
        if (key.form == 1) signer.key = hex"0102030405060708090a0b0c0d0e0f10111213";
        if (key.form == 2) signer.key = bytes.concat(signer.key, bytes32(key.label), bytes32(key.label));
        signer.duty = uint8(key.duty);
        signer.expiry = uint40(key.expiry);
        signer.certificate = bytes32(key.label);
    }

    function ruleSetOf(RuleTerms memory terms) internal pure returns (S.RuleSet memory set) {
        set.effective = uint16(terms.effective);
        set.tenorDaysMax = uint16(terms.tenorDaysMax);
        set.offerDays = uint16(terms.offerDays);
        set.depthMax = uint8(terms.depthMax);
        set.piecesMax = uint32(terms.piecesMax);
        set.pieceMin = uint56(terms.pieceMin);
        set.lateRateDaily = uint32(terms.lateRateDaily);
        set.overdueMultiplier = uint40(terms.overdueMultiplier);
        set.registrationRequired = terms.registrationRequired;
    }
}
