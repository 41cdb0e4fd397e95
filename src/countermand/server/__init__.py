"""The exchange's end of the wire: requests in, answers out, for every venue alike."""
