"""Every entry point at its worst: the situations in which it costs most, and its gas in them."""
