"""House rules as checks that run by themselves."""
