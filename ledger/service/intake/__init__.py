"""What is posted is read, checked, tried, and kept once."""
