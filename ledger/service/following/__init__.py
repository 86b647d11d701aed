"""From the chain's blocks to rows: read, linked, written, rebuilt."""
