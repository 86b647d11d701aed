"""The chain: the only home of web3, the compiler and the Ethereum libraries."""

import os

__all__: list[str] = []

# Their hashes in C: the backend they take by themselves needs nearly five times as long for each.
os.environ.setdefault("ETH_HASH_BACKEND", "pysha3")
