"""Explorers read vouchers as ERC-721; nobody writes through it."""

import pytest

from ledger.chain.calls import Item
from ledger.chain.typed_data import keccak
from ledger.model.commands import RecourseVoucher
from ledger.model.errors import CountNotKept, SignedCommandsOnly, UnknownVoucher
from ledger.model.ids import root_voucher
from tests.cast import Cast
from tests.contracts.situations import (
    FACE,
    MATURITY,
    live,
    offer_part,
    offered,
    passed,
    redeem,
    redemption_terms,
    sale_terms,
    sell,
    serial,
)

ERC165 = bytes.fromhex("01ffc9a7")
ERC721 = bytes.fromhex("80ac58cd")
SOMEBODY = "0x" + "11" * 20


def owner_of(cast: Cast, voucher: int) -> str:
    return str(cast.ledger.ask("Vouchers", "ownerOf", voucher)).lower()


def account_of(cast: Cast, participant: int) -> str:
    return str(cast.ledger.ask("Participants", "accountOf", participant)).lower()


@pytest.mark.parametrize(
    ("interface", "supported"),
    [(ERC165, True), (ERC721, True), (b"\xff" * 4, False), (bytes(4), False)],
)
def test_says_which_interfaces_it_has(cast: Cast, interface: bytes, supported: bool) -> None:
    assert cast.ledger.ask("Vouchers", "supportsInterface", interface) is supported


class TestOwner:
    @pytest.mark.parametrize(
        "voucher", [0, serial(1, 2), serial(2, 1), 2**64, 2**64 + (1 << 32 | 1)]
    )
    def test_of_an_unknown_voucher_is_refused(self, cast, voucher, refused) -> None:
        live(cast)
        with refused(UnknownVoucher, voucher=voucher % 2**64):
            owner_of(cast, voucher)

    def test_of_an_unanswered_root_is_nobody(self, cast, refused) -> None:
        root = root_voucher(offered(cast))
        with refused(UnknownVoucher, voucher=root):
            owner_of(cast, root)

    def test_is_the_holder_until_an_offer_is_accepted(self, cast, birch, cedar) -> None:
        root = live(cast)
        part = offer_part(cast, root, 5, cedar)
        birchs = account_of(cast, birch.id)
        assert {owner_of(cast, root), owner_of(cast, part)} == {birchs}
        assert owner_of(cast, passed(cast, root, 5, cedar)) == account_of(cast, cedar.id)

    def test_of_a_closed_voucher_is_refused(self, cast, birch, refused) -> None:
        root = live(cast)
        redeem(cast, birch, redemption_terms(cast, root, FACE))
        with refused(UnknownVoucher, voucher=root):
            owner_of(cast, root)

    def test_accounts_tell_participants_apart_and_hold_no_code(self, cast) -> None:
        accounts = [account_of(cast, one.id) for one in cast.members]
        assert len(set(accounts)) == len(accounts)
        assert not any(cast.node.code(one) for one in accounts)


class TestEvents:
    def test_replayed_tell_every_owner(self, cast, birch, cedar, delta) -> None:
        root = live(cast)
        part = passed(cast, root, 1_000, cedar)
        passed(cast, part, 10, delta)
        redeem(cast, birch, redemption_terms(cast, root, 77))
        sold = sale_terms(cast, root, 500, recourse=True)
        kept = sell(birch, delta, sold).value("VoucherSold", "voucher")
        sold = sale_terms(cast, root, 600, recourse=True)
        turned_back = sell(birch, delta, sold).value("VoucherSold", "voucher")
        cast.begin(MATURITY + 1)
        delta.act(RecourseVoucher, voucher=turned_back)
        assert owner_of(cast, kept) == account_of(cast, delta.id)
        assert owner_of(cast, turned_back) == account_of(cast, birch.id)
        owners: dict[int, str] = {}
        for event in cast.ledger.events():
            if event.name != "Transfer":
                continue
            values = list(event.values.values())
            before, after, voucher = str(values[0]).lower(), str(values[1]).lower(), values[2]
            assert owners.get(voucher, "0x" + "00" * 20) == before
            owners[voucher] = after
        for voucher, owner in owners.items():
            if int(owner, 16):
                assert owner_of(cast, voucher) == owner
            else:
                with pytest.raises(UnknownVoucher):
                    owner_of(cast, voucher)


class TestNobodyWrites:
    @pytest.mark.parametrize(
        "signature",
        [
            "approve(address,uint256)",
            "setApprovalForAll(address,bool)",
            "transferFrom(address,address,uint256)",
            "safeTransferFrom(address,address,uint256)",
            "safeTransferFrom(address,address,uint256,bytes)",
        ],
    )
    def test_through_it(self, cast, signature: str, refused) -> None:
        live(cast)
        data = keccak(signature.encode())[:4]
        words = signature.count(",") + 1
        values = [bytes(32)] * words
        if signature.endswith("bytes)"):
            values[-1] = (32 * words).to_bytes(32, "big")
            values.append(bytes(32))
        with refused(SignedCommandsOnly):
            cast.ledger.carry_out(Item("Vouchers", data + b"".join(values)))

    def test_and_nothing_is_approved_or_counted(self, cast, refused) -> None:
        root = live(cast)
        assert int(str(cast.ledger.ask("Vouchers", "getApproved", root)), 16) == 0
        assert cast.ledger.ask("Vouchers", "isApprovedForAll", SOMEBODY, SOMEBODY) is False
        with refused(CountNotKept):
            cast.ledger.ask("Vouchers", "balanceOf", SOMEBODY)
        assert cast.ledger.ask("Vouchers", "symbol") == "FEN"
