"""Mutants of the contracts: small changes of their source, each of which a test must notice."""
