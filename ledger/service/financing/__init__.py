"""The financing desk: requests for quotes, quotes, what they come to."""
