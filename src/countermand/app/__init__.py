"""
App: the composition root. From a configuration to a running server; the only place where parts
meet.
"""

from typing import TYPE_CHECKING, Any

from countermand.app.config import CONNECTIONS_MAX, STREAM_BYTES_MAX, Config, ConfigError, Ready
from countermand.app.restoring import pass_numbers

if TYPE_CHECKING:
    from countermand.app.server import App

__all__ = [
    "CONNECTIONS_MAX",
    "STREAM_BYTES_MAX",
    "App",
    "Config",
    "ConfigError",
    "Ready",
    "pass_numbers",
]


def __getattr__(name: str) -> Any:
    # An exchange in process needs no control port, and so not what that is made with.
    if name == "App":
        from countermand.app.server import App  # noqa: PLC0415  (that is the point)

        return App
    raise AttributeError(name)
