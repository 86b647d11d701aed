// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInvoices} from "../interfaces/IRegistry.sol";
import {IParticipants} from "../interfaces/IParticipants.sol";
import {InvoiceMismatch, InvoiceNotUsed, InvoiceOverused, NotDesk} from "../types/Errors.sol";
import {InvoiceUse} from "../types/Records.sol";
import {PayableId} from "../types/Ids.sol";

/// @notice One invoice backs at most its amount, over all payables, obligors and ledger versions.
contract Invoices is IInvoices {
    /// @dev One word. The first use stands in it; later ones in `_later`.
    struct Invoice {
        /// Fixed by the first use.
        uint64 total;
        uint64 used;
        uint64 firstUse;
        PayableId first;
        uint32 firstDesk;
    }

    IParticipants public immutable participants;

    mapping(bytes32 fingerprint => Invoice) private _invoices;
    mapping(address desk => mapping(PayableId => mapping(bytes32 fingerprint => uint64))) private _later;
    mapping(address desk => uint32) private _deskNumbers;
    uint32 private _deskCount;

    constructor(IParticipants participants_) {
        participants = participants_;
    }

    modifier onlyDesk() {
        if (!participants.isDesk(msg.sender)) revert NotDesk(msg.sender);
        _;
    }

    /// @inheritdoc IInvoices
    function use(PayableId payableId, InvoiceUse[] calldata invoices) external onlyDesk returns (uint256 used) {
        uint32 desk = _deskNumber();
        for (uint256 i; i < invoices.length; ++i) {
            _use(payableId, desk, invoices[i]);
            used += invoices[i].used;
        }
    }

    /// @inheritdoc IInvoices
    function free(PayableId payableId, bytes32[] calldata fingerprints) external onlyDesk {
        uint32 desk = _deskNumber();
        for (uint256 i; i < fingerprints.length; ++i) {
            _free(payableId, desk, fingerprints[i]);
        }
    }

    /// @notice The total fixed by the first use of an invoice and how much of it is used; 0 and 0 of an unknown one.
    function invoiceOf(bytes32 fingerprint) external view returns (uint64 total, uint64 used) {
        Invoice storage invoice = _invoices[fingerprint];
        return (invoice.total, invoice.used);
    }

    // ---- private

    function _use(PayableId payableId, uint32 desk, InvoiceUse calldata asked) private {
        Invoice memory invoice = _invoices[asked.fingerprint];
        bool known = invoice.firstDesk != 0;
        if (known && invoice.total != asked.total) {
            revert InvoiceMismatch(asked.fingerprint, asked.total, invoice.total);
        }
        if (uint256(invoice.used) + asked.used > asked.total) {
            revert InvoiceOverused(asked.fingerprint, invoice.used, asked.used, asked.total);
        }
        invoice.used += asked.used;
        if (!known) {
            (invoice.total, invoice.first, invoice.firstDesk) = (asked.total, payableId, desk);
        }
        if (invoice.first == payableId && invoice.firstDesk == desk) invoice.firstUse += asked.used;
        else _later[msg.sender][payableId][asked.fingerprint] += asked.used;
        _invoices[asked.fingerprint] = invoice;
        emit InvoiceUsed(asked.fingerprint, msg.sender, payableId, asked.total, asked.used);
    }

    function _free(PayableId payableId, uint32 desk, bytes32 fingerprint) private {
        Invoice memory invoice = _invoices[fingerprint];
        uint64 freed = _later[msg.sender][payableId][fingerprint];
        if (invoice.first == payableId && invoice.firstDesk == desk) {
            freed = invoice.firstUse;
            invoice.firstUse = 0;
        } else {
            delete _later[msg.sender][payableId][fingerprint];
        }
        if (freed == 0) revert InvoiceNotUsed(payableId, fingerprint);
        invoice.used -= freed;
        _invoices[fingerprint] = invoice;
        emit InvoiceFreed(fingerprint, msg.sender, payableId, freed);
    }

    /// @dev A small number for the calling desk, so that the first use of an invoice fits one word.
    function _deskNumber() private returns (uint32 number) {
        number = _deskNumbers[msg.sender];
        if (number != 0) return number;
        number = ++_deskCount;
        _deskNumbers[msg.sender] = number;
    }
}
