"""The chain: the only home of web3, the compiler and the Ethereum libraries."""
