"""
Logins: `POST /token`, whose facts are all in its headers, step by step.

Source: ETNA manual, "Token", "Two-factor authentication"; the swagger file, `/token`. Which step
        comes first, the text for a wrong code, and that an interim token serves once are our
        proposals (README).
"""

from __future__ import annotations

from countermand.venues.autoshares.credential import AutosharesCredential, Held, Login, digest
from countermand.venues.autoshares.errors import LoginFailed
from countermand.wire import crypto
from countermand.wire.credential import Keys
from countermand.wire.http import HeaderList, Request

USERNAME = b"username"
PASSWORD = b"password"
PIN_CODE = b"pincode"
VERIFICATION_CODE = b"verificationcode"
AUTHORIZATION = b"authorization"
BEARER = b"Bearer "  # in any case, as every scheme's name is: RFC 9110, section 11.1

BASE = "BaseAuthentication"
CODE = "VerificationCode"
# So spelled.
PIN = "SecutityPin"

INVALID_PIN = "Invalid pin"


def login(request: Request, app_key: str, keys: Keys[AutosharesCredential], now_ns: int) -> Login:
    """
    Return how far a login has come.

    Raises: LoginFailed for wrong credentials, a wrong pin, an unknown ticket, a wrong code; in
            this order.
    """
    user = _user(request, keys)
    held = user.held
    ended = tuple(known.key for known in keys if known.held.ended(now_ns))
    step, reason = _missing(request, held)
    if not step and held.verification_code:
        ticket = _ticket(request, user, keys, now_ns)
        _check(
            request, VERIFICATION_CODE, held.verification_code, CODE, "Invalid confirmation code"
        )
        ended += (ticket,)
    return Login(user.owner, user.key, user.access, app_key, step, reason, ended)


def headers(held: Held) -> HeaderList:
    """
    Return what a login says, as its owner knows it: the pin where there is one, and in the second
    step the ticket and the code.
    """
    said = [(USERNAME, held.login), (PASSWORD, held.password), (PIN_CODE, held.pin or "")]
    if held.token:
        said += [(AUTHORIZATION, BEARER.decode() + held.token)]
        said += [(VERIFICATION_CODE, held.verification_code)]
    return tuple((name, text.encode()) for name, text in said if text)


def bearer(request: Request) -> str:
    """Return the token a request carries, empty when it carries none."""
    given = request.header(AUTHORIZATION) or b""
    scheme, token = given[: len(BEARER)], given[len(BEARER) :]
    return token.decode("latin-1") if scheme.lower() == BEARER.lower() else ""


def _user(request: Request, keys: Keys[AutosharesCredential]) -> AutosharesCredential:
    name, password = (request.header(h) or b"" for h in (USERNAME, PASSWORD))
    for known in keys:
        held = known.held
        same = held.login and held.login.encode() == name
        if same and crypto.is_equal(held.password.encode(), password):
            return known
    raise LoginFailed(BASE, "Invalid credentials")


def _missing(request: Request, held: Held) -> tuple[str, str]:
    # The next step and why it is asked for, both empty when everything is there.
    if held.pin is not None:
        if not held.pin:
            return PIN, "PIN code is not init"
        if request.header(PIN_CODE) is None:
            return PIN, INVALID_PIN
        _check(request, PIN_CODE, held.pin, PIN, INVALID_PIN)
    if held.verification_code and request.header(VERIFICATION_CODE) is None:
        return CODE, "Expecting confirmation code"
    return "", ""


def _ticket(
    request: Request, user: AutosharesCredential, keys: Keys[AutosharesCredential], now_ns: int
) -> str:
    found = keys.find(digest(bearer(request)))
    if found is None or found.held.grants or found.owner != user.owner or found.held.ended(now_ns):
        raise LoginFailed(CODE, "Corrupted ticket")
    return found.key


def _check(request: Request, header: bytes, expected: str, step: str, reason: str) -> None:
    if not crypto.is_equal(expected.encode(), request.header(header) or b""):
        raise LoginFailed(step, reason)
