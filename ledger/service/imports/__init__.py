"""Payables from files: read, previewed, signed once for all, issued one by one."""
