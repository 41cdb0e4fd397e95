"""Loopring DEX, REST API v3 on protocol 3.6, a zkRollup: orders are signed, not merely requests."""
