"""Translation between this venue's messages and the exchange's words: pairs, adjacent, pure."""
