// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import "./Structs.sol" as S;

// The entry points and views of the ledger, as its ABI shows them.

interface IAdministrationDesk {
    function admit(
        S.AdmitParticipant calldata, bytes calldata, bytes calldata, bytes calldata, bytes[] calldata
    ) external;
    function suspend(S.SuspendParticipant calldata, bytes calldata) external;
    function pause(S.PauseLedger calldata, bytes calldata) external;
    function addSigner(S.AddSigner calldata, bytes calldata, bytes calldata) external;
    function revokeSigner(S.RevokeSigner calldata, bytes calldata) external;
    function setThreshold(S.SetThreshold calldata, bytes calldata) external;
    function voidNonce(S.VoidNonce calldata, bytes calldata) external;
    function proposeRecovery(S.ProposeRecovery calldata, bytes calldata, bytes calldata, bytes[] calldata) external;
    function vetoRecovery(S.VetoRecovery calldata, bytes calldata) external;
    function completeRecovery(S.ProposeRecovery calldata) external;
    function proposeVersion(S.AddVersion calldata, bytes calldata, bytes calldata, bytes calldata) external;
    function completeVersion(S.AddVersion calldata) external;
    function recoveryOf(uint32) external view returns (bytes32 digest, uint64 effective);
}

interface IParticipantsView {
    function isNonceUsed(uint32, uint256) external view returns (bool);
    function memberOf(uint32) external view returns (S.Member memory);
    function participantCount() external view returns (uint32);
    function versionCount() external view returns (uint32);
    function paused() external view returns (bool);
    function setPaused(bool, bytes32) external;
    function setFrozen(uint32, bool) external;
    function voidNonce(uint32, uint256) external;
}

interface IVouchersDesk {
    function transfer(S.TransferVoucher calldata, bytes calldata) external;
    function accept(S.AcceptVoucher calldata, bytes calldata) external;
    function join(S.JoinVouchers calldata, bytes calldata) external;
    function payableCount() external view returns (uint32);
    function payableOf(uint32) external view returns (S.Payable memory);
    function tallyOf(uint32) external view returns (S.Tally memory);
    function voucherOf(uint64) external view returns (S.Voucher memory);
    function recourseOf(uint64) external view returns (uint32);
    function unitsBelow(uint32, uint256) external view returns (uint256);
    function offerOf(uint64) external view returns (uint32, uint32);
    function pay(uint32, uint64) external;
    function cut(uint64, uint64) external;
    function turnBack(uint64, uint32, uint32) external;
    function freeLien(uint64) external;
    function settlePledged(uint64, uint16, bool) external;
    function approve(address, uint256) external;
    function transferFrom(address, address, uint256) external;
    function balanceOf(address) external view returns (uint256);
}

interface IIssuanceDesk {
    function issue(S.IssuePayable calldata, bytes calldata) external;
    function recordBatch(S.IssueBatch calldata, bytes calldata) external;
    function issueFromBatch(bytes32, S.BatchIssue calldata, bytes32[] calldata) external;
    function voidBatch(S.VoidBatch calldata, bytes calldata) external;
}

interface IOffersDesk {
    function decline(S.DeclineVoucher calldata, bytes calldata, bytes32[] calldata) external;
    function withdraw(S.WithdrawOffer calldata, bytes calldata, bytes32[] calldata) external;
    function lapse(uint32, bytes32[] calldata) external;
}

interface ISalesDesk {
    function sell(
        S.SellVoucher calldata, bytes calldata, S.SaleQuote calldata, bytes calldata, S.CostShareOffer calldata, bytes calldata
    ) external;
    function redeem(S.RedeemVoucher calldata, bytes calldata, S.RedemptionQuote calldata, bytes calldata) external;
    function recourse(S.RecourseVoucher calldata, bytes calldata) external;
    function saleOf(uint32) external view returns (S.Sale memory);
    function saleCount() external view returns (uint32);
}

interface ILoansDesk {
    function pledge(S.PledgeVoucher calldata, bytes calldata, S.PledgeQuote calldata, bytes calldata) external;
    function repay(S.RepayLoan calldata, bytes calldata) external;
    function release(S.ReleaseSecurity calldata, bytes calldata) external;
    function applyShare(uint64, uint256, uint256) external;
    function loanOf(uint32) external view returns (S.Loan memory);
    function loanCount() external view returns (uint32);
    function loanOn(uint64) external view returns (uint32);
}

interface ISettlementDesk {
    struct Account {
        uint64 carried;
        uint64 unapplied;
        uint16 unappliedDay;
        uint16 lastDay;
        uint16 payments;
    }

    struct Payment {
        uint64 principal;
        uint64 interest;
        uint64 owed;
        uint16 day;
        bool onBankRail;
    }

    struct Payout {
        uint32 bank;
        uint32 payee;
        uint64 amount;
        uint8 state;
        uint64 voucher;
    }

    function pay(S.PayPayable calldata, bytes calldata) external;
    function attest(S.AttestPayment calldata, bytes calldata) external;
    function applyUnapplied(uint32) external;
    function returnUnapplied(S.ReturnUnapplied calldata, bytes calldata) external;
    function confirmPayout(S.ConfirmPayout calldata, bytes calldata) external;
    function returnPayout(S.ReturnPayout calldata, bytes calldata) external;
    function settle(uint64[] calldata) external returns (uint8[] memory);
    function accountOf(uint32) external view returns (Account memory);
    function paymentOf(uint32, uint256) external view returns (Payment memory);
    function payoutOf(uint64) external view returns (Payout memory);
    function claimOf(uint64, uint256) external view returns (uint256 principal, uint256 lateInterest);
    function payoutCount() external view returns (uint64);
}

interface IDepositsDesk {
    function issueDeposit(S.IssueDeposit calldata, bytes calldata) external;
    function withdrawDeposit(S.WithdrawDeposit calldata, bytes calldata, bytes calldata) external;
    function moveDeposit(S.MoveDeposit calldata, bytes calldata) external;
    function move(uint32, uint32, uint32, uint64, bytes32) external;
    function hold(uint32, uint32, uint32, uint64) external;
    function takeReference(uint32, bytes32, bytes32) external;
    function depositOf(uint32, uint32) external view returns (uint64);
    function holdOf(uint32, address, uint32) external view returns (uint64);
    function issuedBy(uint32) external view returns (uint64);
}

interface IOversightDesk {
    struct Freeze {
        uint56 start;
        uint56 end;
        uint32 begun;
        bool lifted;
        bytes32 caseCommitment;
    }

    function freeze(S.FreezeRange calldata, bytes calldata) external;
    function unfreeze(S.UnfreezeRange calldata, bytes calldata) external;
    function freezeParticipant(S.FreezeParticipant calldata, bytes calldata) external;
    function unfreezeParticipant(S.UnfreezeParticipant calldata, bytes calldata) external;
    function freezeOf(uint32, uint256) external view returns (Freeze memory);
}

interface IExposureDesk {
    function setLimit(S.SetLimit calldata, bytes calldata) external;
    function issued(uint32, uint64) external;
    function exposureOf(uint32) external view returns (uint64, uint64, uint16);
}

interface IInvoicesView {
    function use(uint32, S.InvoiceUse[] calldata) external;
    function invoiceOf(bytes32) external view returns (uint64, uint64);
}

interface IRulesDesk {
    function setRules(S.SetRules calldata, bytes calldata, bytes calldata) external;
    function setHolidays(S.SetHolidays calldata, bytes calldata, bytes calldata) external;
    function ruleSetCount() external view returns (uint256);
    function ruleSet(uint16) external view returns (S.RuleSet memory);
    function businessDay(uint256) external view returns (uint256);
}

interface IRelayDesk {
    function relay(address[] calldata, uint256, bytes calldata) external returns (bytes[] memory);
}
