"""Proofs of the contracts; prove.py runs them."""
