"""Logging in and out: what a login has come to, as a token or a ticket for the next step."""

from typing import Any

from countermand.venues.autoshares import credential, settings
from countermand.venues.autoshares.credential import AutosharesCredential
from countermand.venues.autoshares.errors import DENIED, LoginFailed, LoginState
from countermand.venues.autoshares.logins import BASE, USERNAME, Bearer, Login
from countermand.venues.autoshares.messages.logins import Nothing
from countermand.wire import codec, times
from countermand.wire.context import Context, Settings
from countermand.wire.conversation import IssueKey, RevokeKeys
from countermand.wire.credential import Credential
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request, Response


def user_of(request: Request) -> str:
    """Return who tries to log in, whoever it may be."""
    return (request.header(USERNAME) or b"").decode("latin-1")


def per_minute(ours: Settings) -> int:
    """Return how often one user may try to log in."""
    return settings.of(ours).logins_per_minute


def too_many() -> LoginFailed:
    """Return what is answered who tries too often: a failed login, and no 429."""
    return LoginFailed(BASE, "Too many login requests")


def login_from_wire(message: Nothing, ctx: Context) -> IssueKey:
    """
    Return the token that a login gets, or the ticket for its next step.

    Raises: Unauthorized when nobody logs in.
    Source: ETNA manual, "Token" (24 hours; several tokens of one user are our proposal).
    """
    who = ctx.principal
    if not isinstance(who, Login):
        raise Unauthorized(DENIED)
    ours, done = settings.of(ctx.settings), not who.step
    life_s = ours.token_life_s if done else ours.interim_life_s

    def make(random_bytes: bytes, _: Credential | None) -> dict[str, Any]:
        return {
            "app_key": who.app_key,
            "token": credential.token(random_bytes),
            "access": [access.value for access in who.access],
            "grants": done,
            "expire_ns": ctx.now_ns + life_s * times.S,
        }

    return IssueKey(who.owner, make, who.ends)


def login_to_wire(issued: AutosharesCredential, ctx: Context) -> LoginState | Response:
    """Return the token; with 202 and what is asked for, where it only is a ticket."""
    who, token = ctx.principal, issued.held.token
    if isinstance(who, Login) and who.step:
        return Response(202, codec.encode(LoginState("Expecting", who.step, who.reason, token)))
    return LoginState("Succeeded", token=token)


def logout_from_wire(message: Nothing, ctx: Context) -> RevokeKeys:
    """
    Return the end of the token that asks for it; a world's standing token has none.

    Source: Autoshares API, "Logout" (at once); the empty 200, and that standing tokens stay, are
            our proposals.
    """
    who = ctx.principal
    return RevokeKeys((who.key,) if isinstance(who, Bearer) and not who.stands else ())
