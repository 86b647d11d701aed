"""The differential campaign under forge: its runs, their counts and gates."""
