"""
Wire: what dialects share. Knows HTTP values and the core's vocabulary, no sockets and no venue.
"""
