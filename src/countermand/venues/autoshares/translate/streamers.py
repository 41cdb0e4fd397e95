"""
Streamers: where quotes and orders stream from, and the session with which to connect.

Source: ETNA manual, "Get streamers' info", "Recover a streamer session". That a session's number
        comes of the token it is asked with, and so is the same as long as that is, is our proposal.
"""

from hashlib import sha256
from itertools import pairwise

from countermand.venues.autoshares import errors
from countermand.venues.autoshares.about import shown
from countermand.venues.autoshares.messages import instruments as messages
from countermand.venues.autoshares.messages.instruments import Address, Session, Streamers
from countermand.venues.autoshares.paging import host
from countermand.venues.autoshares.translate.worth import NAME
from countermand.vocabulary.queries import GetReferenceData
from countermand.vocabulary.reports import ReferenceData
from countermand.wire.context import Context
from countermand.wire.errors import Unauthorized

DATA, QUOTES = 0, 1

# How the groups of a GUID are cut.
_CUTS = (0, 8, 12, 16, 20, 32)


def streamers_from_wire(message: messages.GetStreamers, ctx: Context) -> GetReferenceData:
    """Return a question that is cheap to answer: nothing needs to be asked."""
    return GetReferenceData(NAME)


def streamers_reply_to_wire(data: ReferenceData, ctx: Context) -> Streamers:
    """Return where to connect to: where the settings say, else where the request was sent."""
    configured, here = shown(ctx.settings), f"ws://{host(ctx)}"
    quotes = Address(
        url=configured.quote_streamer_url or here,
        type="Delayed",
        session_id=session_id(QUOTES, ctx),
    )
    # So written, and without a session, in every sample.
    return Streamers([quotes], [Address(url=configured.data_streamer_url or here, type="delayed")])


def recover_from_wire(message: messages.RecoverSession, ctx: Context) -> GetReferenceData:
    """Return likewise."""
    return GetReferenceData(NAME)


def recover_reply_to_wire(data: ReferenceData, ctx: Context) -> Session:
    """Return the session of the kind that was asked for."""
    asked: messages.RecoverSession = ctx.message
    return Session(session_id(asked.session_type, ctx))


def session_id(kind: int, ctx: Context) -> str:
    """Return the session of a token, as a GUID. Raises Unauthorized when nobody is proven."""
    if ctx.principal is None:
        raise Unauthorized(errors.DENIED)
    digits = sha256(f"streamer {kind} {ctx.principal.key}".encode()).hexdigest()
    return "-".join(digits[start:end] for start, end in pairwise(_CUTS))
