"""From messages to commands and queries, from receipts and reports to messages, and back."""
