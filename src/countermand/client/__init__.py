"""Client: one way to call any venue. Never sees the engine or the server."""
