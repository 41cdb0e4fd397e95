"""Cardano: keys as wallets have them, and the transaction that an order is signed as."""
