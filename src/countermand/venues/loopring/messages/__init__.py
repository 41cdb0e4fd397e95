"""The messages of this venue, one struct each, named and typed as on the wire."""
