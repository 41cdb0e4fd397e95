"""Testing: an exchange for tests of what trades on it."""
