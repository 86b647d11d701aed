"""The tests; a package, so that tests of a package may stand in a folder of its name."""
