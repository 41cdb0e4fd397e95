"""
Keys of sockets: anyone gets one, and a socket opens with none other.

Shape:  `fx`, the time it was made, and a check over that; there is nothing to keep of it.
Source: DEX API v3, "Get WebSocket key", for the shape; that a key proves itself is ours.
"""

from hashlib import blake2b

from countermand.venues.loopring.errors import Code, Unproven
from countermand.venues.loopring.messages import streams as m
from countermand.venues.loopring.settings import Ctx
from countermand.wire import base36, times
from countermand.wire.conversation import Nothing, Op, reply

# How long a key opens sockets.
LIFETIME_MS = 60 * 60 * 1000

_CHECK_CHARACTERS = 8


def show_key(message: Nothing, ctx: Ctx) -> m.WsKey:
    """Return a new key."""
    return m.WsKey(key=key_text(ctx.now_ns // times.MS))


def show_old_key(message: Nothing, ctx: Ctx) -> m.OldWsKey:
    """Return a new key in the older envelope."""
    return m.OldWsKey(data=key_text(ctx.now_ns // times.MS))


def key_text(now_ms: int) -> str:
    """Return the key that is made at a time."""
    made = base36.encode(now_ms).lower()
    return f"fx{made}{_check(made)}"


def verify(text: str, now_ms: int) -> None:
    """See that a socket's key was made here, of late. Raises Unproven."""
    made, check = text[2:-_CHECK_CHARACTERS], text[-_CHECK_CHARACTERS:]
    if not (made.isascii() and made.isalnum()) or check != _check(made):
        raise Unproven(Code.UNKNOWN_KEY, "invalid wsApiKey")
    if not 0 <= now_ms - int(made, 36) <= LIFETIME_MS:
        raise Unproven(Code.UNKNOWN_KEY, "wsApiKey has expired")


def _check(made: str) -> str:
    return blake2b(
        made.encode(), digest_size=_CHECK_CHARACTERS // 2, person=b"wsApiKey"
    ).hexdigest()


KEY = Op(Nothing, m.WsKey, reply(show_key))
OLD_KEY = Op(Nothing, m.OldWsKey, reply(show_old_key))
