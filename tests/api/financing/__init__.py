"""The financing desk at the door."""
