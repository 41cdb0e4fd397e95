"""What the messages share."""

from msgspec import Struct


class Message(Struct, frozen=True, kw_only=True, rename="camel"):
    """
    A message; names are camel case. What is asked for in a query is text, which may be empty.
    """
