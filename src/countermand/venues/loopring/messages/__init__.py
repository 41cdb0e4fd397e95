"""What is on the wire, in the venue's spelling."""
