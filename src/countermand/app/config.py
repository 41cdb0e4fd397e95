"""
Config: what a server was asked for, and what of it cannot be.
"""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from msgspec import Struct

from countermand.engine.progress import Progress, no_progress
from countermand.venues import VENUES
from countermand.wire.venue import Venue

# Unless told otherwise, the venues together take so many.
CONNECTIONS_MAX = 20_000
STREAM_BYTES_MAX = 1024 * 1024


class ConfigError(Exception):
    """A configuration that cannot be served; the text says why in one line."""


class Config(Struct, frozen=True):
    """
    What `countermand serve` was asked for. `data` None keeps nothing.

    `allow_hosts` are names beyond loopback's and the bound one that requests to the control port,
    and to venues with published keys, may be for. `connections_max` counts those of all venues.
    `progress` is told how far a start has come. `control_token_file` has a token without which no
    operator may act. With `compact` the journal drops entries that no start needs. A stream
    whose client leaves more than `stream_bytes_max` unread is cut. After each
    group of commands `audit_orders` open orders are held to what must be true of them.
    """

    data: Path | None
    host: str = "127.0.0.1"
    port: int = 8100
    venues: tuple[str, ...] = ()
    world: Path | None = None
    tls: tuple[Path, Path] | None = None
    allow_hosts: tuple[str, ...] = ()
    connections_max: int = CONNECTIONS_MAX
    progress: Progress = no_progress
    control_token_file: Path | None = None
    compact: bool = False
    stream_bytes_max: int = STREAM_BYTES_MAX
    audit_orders: int = 0


class Ready(Struct, frozen=True, omit_defaults=True):
    """
    Where everything is, and everything a newcomer needs to use it.

    `control_token_file` has the token that the control port asks for, if it asks for one.
    """

    control: str
    venues: dict[str, dict[str, Any]]
    control_token_file: str | None = None


def venues_of(config: Config) -> list[Venue]:
    """Return the venues to serve, in the order of the registry. Raises: ConfigError."""
    for name in config.venues:
        if name not in VENUES:
            raise ConfigError(f"no venue is called {name!r}; there are {', '.join(VENUES)}")
    return [VENUES[name] for name in VENUES if name in config.venues or not config.venues]


def hosts(config: Config) -> frozenset[bytes]:
    """
    Return the names that requests may be for.

    A page may give its own name the address of this machine (DNS rebinding); then its requests are
    of the page's origin to the browser, and only the name gives them away.
    """
    bound = f"[{config.host}]" if ":" in config.host else config.host
    named = ("localhost", "127.0.0.1", "[::1]", bound, *config.allow_hosts)
    return frozenset(name.lower().encode() for name in named)


def tls_context(config: Config) -> ssl.SSLContext | None:
    """Return what TLS is served with, if it is. Raises: ConfigError."""
    if config.tls is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(*config.tls)
    except OSError as error:
        cert, key = config.tls
        raise ConfigError(f"cannot use {cert} with {key}: {error.strerror or error}") from None
    return context


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach what is bound to `host`."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
