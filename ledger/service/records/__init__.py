"""The private records: who is who, under which keys, and who has read it."""
