"""An exchange you can run and a client you can trust, built around one act: cancelling an order."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countermand.client.connect import connect, connect_sync

__all__ = ["__version__", "connect", "connect_sync"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # Imported here, so that a server does not load the client.
    if name in ("connect", "connect_sync"):
        from countermand.client import connect as module  # noqa: PLC0415  (that is the point)

        return getattr(module, name)
    raise AttributeError(name)
