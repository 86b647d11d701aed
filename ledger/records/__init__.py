"""Private facts: names, documents and keys; the only home of `cryptography`."""

__all__: list[str] = []
