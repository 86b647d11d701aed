"""The authority trace: honest chains are explained, forged ones are reported."""
