"""From accepted operations to the chain: the outbox, batches, transactions."""
