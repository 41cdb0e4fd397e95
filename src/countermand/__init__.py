"""An exchange you can run and a client you can trust, built around one act: cancelling an order."""

__version__ = "0.1.0"
