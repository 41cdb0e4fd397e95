"""Faults: what a test may have go wrong between a client and the exchange, in words and counts."""
