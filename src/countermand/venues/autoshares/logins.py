"""
Logins: `POST /token`, whose facts are all in its headers, step by step.

Source: ETNA manual, "Token", "Two-factor authentication"; the swagger file, `/token`. Which step
        comes first, the text for a wrong code, and that an interim token serves once are our
        proposals (README).
"""

from __future__ import annotations

from countermand.venues.autoshares.credential import AutosharesCredential, Held, digest
from countermand.venues.autoshares.errors import LoginFailed
from countermand.wire import crypto
from countermand.wire.credential import Principal
from countermand.wire.http import Request
from countermand.wire.venue import Keys

USERNAME = b"username"
PASSWORD = b"password"
PIN_CODE = b"pincode"
VERIFICATION_CODE = b"verificationcode"
AUTHORIZATION = b"authorization"
BEARER = b"Bearer "

BASE = "BaseAuthentication"
CODE = "VerificationCode"
# So spelled.
PIN = "SecutityPin"

INVALID_CREDENTIALS = "Invalid credentials"
INVALID_PIN = "Invalid pin"
NO_PIN = "PIN code is not init"
CORRUPTED = "Corrupted ticket"
INVALID_CODE = "Invalid confirmation code"
EXPECTING_CODE = "Expecting confirmation code"


class Bearer(Principal, frozen=True):
    """Somebody with a token; one that `stands` is the world's and was issued by no login."""

    stands: bool


class Login(Principal, frozen=True):
    """
    Somebody who logs in: `step` and `reason` say what is missing yet, empty when nothing is.

    `ends` are the keys that a success ends: the ticket between the steps, and what has expired.
    """

    app_key: str
    step: str = ""
    reason: str = ""
    ends: tuple[str, ...] = ()


def login(request: Request, app_key: str, keys: Keys, now_ns: int) -> Login:
    """
    Return how far a login has come.

    Raises: LoginFailed for wrong credentials, a wrong pin, a ticket that is none, a wrong code; in
            this order.
    """
    user = _user(request, keys)
    held, ended = user.held, _ended(keys, now_ns)
    step, reason = _missing(request, held)
    if not step and held.verification_code:
        ticket = _ticket(request, user, keys, now_ns)
        _check(request, VERIFICATION_CODE, held.verification_code, CODE, INVALID_CODE)
        ended += (ticket,)
    return Login(user.owner, user.key, user.access, app_key, step, reason, ended)


def bearer(request: Request) -> str:
    """Return the token a request carries, empty when it carries none."""
    given = request.header(AUTHORIZATION) or b""
    return given.removeprefix(BEARER).decode("latin-1") if given.startswith(BEARER) else ""


def _user(request: Request, keys: Keys) -> AutosharesCredential:
    name, password = (request.header(h) or b"" for h in (USERNAME, PASSWORD))
    for known in keys:
        if isinstance(known, AutosharesCredential) and known.held.login:
            same = known.held.login.encode() == name
            if same and crypto.is_equal(known.held.password.encode(), password):
                return known
    raise LoginFailed(BASE, INVALID_CREDENTIALS)


def _missing(request: Request, held: Held) -> tuple[str, str]:
    # The next step and why it is asked for, both empty when everything is there.
    if held.pin is not None:
        if not held.pin:
            return PIN, NO_PIN
        if request.header(PIN_CODE) is None:
            return PIN, INVALID_PIN
        _check(request, PIN_CODE, held.pin, PIN, INVALID_PIN)
    if held.verification_code and request.header(VERIFICATION_CODE) is None:
        return CODE, EXPECTING_CODE
    return "", ""


def _ticket(request: Request, user: AutosharesCredential, keys: Keys, now_ns: int) -> str:
    found = keys.find(digest(bearer(request)))
    if isinstance(found, AutosharesCredential):
        held = found.held
        if not held.grants and found.owner == user.owner and not held.ended(now_ns):
            return found.key
    raise LoginFailed(CODE, CORRUPTED)


def _check(request: Request, header: bytes, expected: str, step: str, reason: str) -> None:
    if not crypto.is_equal(expected.encode(), request.header(header) or b""):
        raise LoginFailed(step, reason)


def _ended(keys: Keys, now_ns: int) -> tuple[str, ...]:
    return tuple(
        known.key
        for known in keys
        if isinstance(known, AutosharesCredential) and known.held.ended(now_ns)
    )
