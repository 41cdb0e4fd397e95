"""
The session: logging in and out, and where quotes and orders stream from.

Source: ETNA manual, "Token", "Get streamers' info", "Recover a streamer session"; Autoshares API,
        "Logout". That a streaming session's number comes of the token it is asked with, and so is
        the same as long as that is, is our proposal.
"""

from hashlib import sha256
from itertools import pairwise
from typing import Any

from countermand.venues.autoshares import credential
from countermand.venues.autoshares.credential import AutosharesCredential, Login
from countermand.venues.autoshares.errors import LoginFailed, LoginState, host
from countermand.venues.autoshares.logins import BASE, USERNAME
from countermand.venues.autoshares.messages import session as m
from countermand.venues.autoshares.settings import AutosharesSettings, Ctx
from countermand.wire import codec, times
from countermand.wire.context import Context
from countermand.wire.conversation import IssueKey, Nothing, Op, RevokeKeys, Serving, reply
from countermand.wire.credential import Credential
from countermand.wire.http import Response
from countermand.wire.route import Attempts

DATA, QUOTES = 0, 1

# How the groups of a GUID are cut.
_CUTS = (0, 8, 12, 16, 20, 32)


# A login too many is a failed login, and no 429.
ATTEMPTS = Attempts(
    lambda request: (request.header(USERNAME) or b"").decode("latin-1"),
    lambda settings: settings.logins_per_minute,
    lambda: LoginFailed(BASE, "Too many login requests"),
)


def serve_login(
    message: Nothing, ctx: Context[AutosharesSettings, Login]
) -> Serving[LoginState | Response]:
    """
    Return the token that a login gets; with 202 a ticket for its next step, and what that is.

    Source: ETNA manual, "Token" (24 hours; several tokens of one user are our proposal).
    """
    who, ours = ctx.principal, ctx.settings
    life_s = ours.interim_life_s if who.step else ours.token_life_s

    def make(random_bytes: bytes, _: Credential | None) -> dict[str, Any]:
        return {
            "app_key": who.app_key,
            "token": credential.token(random_bytes),
            "access": [access.value for access in who.access],
            "grants": not who.step,
            "expire_ns": ctx.now_ns + life_s * times.S,
        }

    issued: AutosharesCredential = yield IssueKey(who.owner, make, who.ends)
    if who.step:
        expecting = LoginState("Expecting", who.step, who.reason, issued.held.token)
        return Response(202, codec.encode(expecting))
    return LoginState("Succeeded", token=issued.held.token)


LOG_IN = Op(Nothing, LoginState, serve_login)


def serve_logout(message: Nothing, ctx: Ctx) -> Serving[None]:
    """
    End the token that asks for it; a world's standing token has no end.

    Source: Autoshares API, "Logout" (at once); the empty 200, and that standing tokens stay, are
            our proposals.
    """
    who = ctx.principal
    yield RevokeKeys(() if who.stands else (who.key,))


LOG_OUT = Op(Nothing, None, serve_logout)


def show_streamers(message: m.GetStreamers, ctx: Ctx) -> m.Streamers:
    """Return where to connect to: where the settings say, else where the request was sent."""
    here, ours = f"ws://{host(ctx.request)}", ctx.settings
    quotes = m.Address(
        url=ours.quote_streamer_url or here, type="Delayed", session_id=session_id(QUOTES, ctx)
    )
    # So written, and without a session, in every sample.
    data = m.Address(url=ours.data_streamer_url or here, type="delayed")
    return m.Streamers([quotes], [data])


STREAMERS = Op(m.GetStreamers, m.Streamers, reply(show_streamers))


def show_session(message: m.RecoverSession, ctx: Ctx) -> m.Session:
    """Return the streaming session of the kind that was asked for."""
    return m.Session(session_id(message.session_type, ctx))


RECOVER = Op(m.RecoverSession, m.Session, reply(show_session))


def session_id(kind: int, ctx: Ctx) -> str:
    """Return the streaming session of the token that asks."""
    return session_of(kind, ctx.principal.key)


def session_of(kind: int, key: str) -> str:
    """Return the streaming session of a token, by what its key is called."""
    return guid(f"streamer {kind} {key}")


def guid(text: str) -> str:
    """Return a GUID made of a text."""
    digits = sha256(text.encode()).hexdigest()
    return "-".join(digits[start:end] for start, end in pairwise(_CUTS))
