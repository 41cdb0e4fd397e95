"""
Sockets: the addresses of the control port and the venues', bound all or none.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable

from countermand.app.config import Config, ConfigError
from countermand.server.listener import bind
from countermand.venues import PORT_OFFSETS

# Where the control port's socket is kept among the venues' ones.
CONTROL = ""


def bind_all(config: Config, names: Iterable[str]) -> dict[str, socket.socket]:
    """Return a bound socket for control and for each venue. Raises: ConfigError."""
    sockets: dict[str, socket.socket] = {}
    for name in (CONTROL, *names):
        port = config.port and config.port + (PORT_OFFSETS[name] if name else 0)
        try:
            sockets[name] = bind(config.host, port)
        except OSError as error:
            for bound in sockets.values():
                bound.close()
            raise ConfigError(f"cannot bind {config.host}:{port}: {error.strerror}") from None
    return sockets


def url(scheme: str, bound: socket.socket) -> str:
    """Return where a bound socket is reached."""
    host, port = bound.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
