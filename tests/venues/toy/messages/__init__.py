"""Messages: one struct per message of the wire."""
