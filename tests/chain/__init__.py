"""Endpoints of a chain: in this process, behind a node, behind several."""
