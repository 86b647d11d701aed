"""Quotes and offers of a cost share: prepared here, signed, and given to whoever takes them."""

from api.commands import add_preparations
from api.router import router

__all__ = ["ROUTER"]

ROUTER = router("quotes")

add_preparations(ROUTER, "SaleQuote", "RedemptionQuote", "PledgeQuote", "CostShareOffer")
