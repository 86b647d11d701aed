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
        uint32 firstVersion;
    }

    IParticipants public immutable participants;

    mapping(bytes32 fingerprint => Invoice) private _invoices;
    mapping(uint32 version => mapping(PayableId => mapping(bytes32 fingerprint => uint64))) private _later;

    constructor(IParticipants participants_) {
        participants = participants_;
    }

    /// @inheritdoc IInvoices
    function use(PayableId payableId, InvoiceUse[] calldata invoices) external returns (uint256 used, uint256 backing) {
        uint32 version = _requireVersion();
        for (uint256 i; i < invoices.length; ++i) {
            if (_use(payableId, version, invoices[i])) ++backing;
            used += invoices[i].used;
        }
    }

    /// @inheritdoc IInvoices
    function free(PayableId payableId, bytes32[] calldata fingerprints) external {
        uint32 version = _requireVersion();
        for (uint256 i; i < fingerprints.length; ++i) {
            _free(payableId, version, fingerprints[i]);
        }
    }

    /// @notice The total fixed by the first use of an invoice and how much of it is used; 0 and 0 of an unknown one.
    function invoiceOf(bytes32 fingerprint) external view returns (uint64 total, uint64 used) {
        Invoice storage invoice = _invoices[fingerprint];
        return (invoice.total, invoice.used);
    }

    // ---- private

    /// @return fresh whether the payable used nothing of this invoice before
    function _use(PayableId payableId, uint32 version, InvoiceUse calldata asked) private returns (bool fresh) {
        bytes32 fingerprint = asked.fingerprint;
        Invoice memory invoice = _invoices[fingerprint];
        if (invoice.firstVersion == 0) {
            (invoice.total, invoice.first, invoice.firstVersion) = (asked.total, payableId, version);
        } else if (invoice.total != asked.total) {
            revert InvoiceMismatch(fingerprint, asked.total, invoice.total);
        }
        if (uint256(invoice.used) + asked.used > asked.total) {
            revert InvoiceOverused(fingerprint, invoice.used, asked.used, asked.total);
        }
        invoice.used += asked.used;
        uint64 before;
        if (invoice.first == payableId && invoice.firstVersion == version) {
            before = invoice.firstUse;
            invoice.firstUse += asked.used;
        } else {
            before = _later[version][payableId][fingerprint];
            _later[version][payableId][fingerprint] = before + asked.used;
        }
        _invoices[fingerprint] = invoice;
        emit InvoiceUsed(fingerprint, version, payableId, asked.total, asked.used);
        return before == 0 && asked.used != 0;
    }

    function _free(PayableId payableId, uint32 version, bytes32 fingerprint) private {
        Invoice memory invoice = _invoices[fingerprint];
        uint64 freed = _later[version][payableId][fingerprint];
        if (invoice.first == payableId && invoice.firstVersion == version) {
            freed = invoice.firstUse;
            invoice.firstUse = 0;
        } else {
            delete _later[version][payableId][fingerprint];
        }
        if (freed == 0) revert InvoiceNotUsed(payableId, fingerprint);
        invoice.used -= freed;
        _invoices[fingerprint] = invoice;
        emit InvoiceFreed(fingerprint, version, payableId, freed);
    }

    function _requireVersion() private view returns (uint32 version) {
        version = participants.versionOf(msg.sender);
        if (version == 0) revert NotDesk(msg.sender);
    }
}
