"""
Messages of logging in and out: what they say is in headers, so they have no fields.

Source: ETNA manual, "Token"; Autoshares API, "Logout".
"""

from msgspec import Struct


class Nothing(Struct, frozen=True):
    """A request that says nothing but who asks."""
