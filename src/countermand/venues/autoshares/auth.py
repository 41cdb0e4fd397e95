"""
Authentication: a bearer token from a login, and the key of the application that asks.

Shape:  `Authorization: Bearer <token>` and `Et-App-Key` on every request; nothing is signed, so
        a copy of a request is proven too. That is the protocol of the venue.
Source: Orders API reference, "Cancel order" (both headers, 401 and 403); ETNA manual, "Token". That
        the application key is checked first is our proposal (README).
"""

from __future__ import annotations

from countermand.venues.autoshares import credential as credentials
from countermand.venues.autoshares import logins
from countermand.venues.autoshares.credential import AutosharesCredential, Bearer, digest
from countermand.venues.autoshares.errors import DENIED, UnknownAppKey
from countermand.venues.autoshares.paths import LOGIN, normal
from countermand.venues.autoshares.settings import AutosharesSettings
from countermand.wire import crypto
from countermand.wire.credential import Keys, Principal
from countermand.wire.errors import NotExpressible, Unauthorized
from countermand.wire.http import Request

APP_KEY = b"et-app-key"


class AutosharesAuth:
    """How this venue proves the user of a request."""

    credential = staticmethod(credentials.from_fields)
    publish = staticmethod(credentials.publish)
    fresh = staticmethod(credentials.fresh)

    def sign(self, request: Request, credential: AutosharesCredential, now_ns: int) -> Request:
        """
        Return the request with its two headers; a login with all that it has to say.

        Raises: NotExpressible for a user who has no token yet.
        """
        held = credential.held
        if request.method == "POST" and normal(request.path) == LOGIN:
            return request.with_headers((APP_KEY, held.app_key.encode()), *logins.headers(held))
        if not held.token:
            raise NotExpressible("a request without a token: log in first")
        token = logins.BEARER + held.token.encode()
        return request.with_headers((logins.AUTHORIZATION, token), (APP_KEY, held.app_key.encode()))

    def principal(self, credential: AutosharesCredential) -> Bearer:
        """Return the principal of a proven key."""
        stands = not credential.held.expire_ns
        return Bearer(credential.owner, credential.key, credential.access, stands)

    def verify(
        self,
        request: Request,
        keys: Keys[AutosharesCredential],
        settings: AutosharesSettings,
        now_ns: int,
    ) -> Principal:
        """
        Return the principal of a request; of a login, how far it has come.

        Raises: UnknownAppKey for an application key that is missing or not of this world; then
                Unauthorized for a token that is missing, unknown, expired, ended, or of a login
                half done.
        """
        app_key = (request.header(APP_KEY) or b"").decode("latin-1")
        if request.method == "POST" and normal(request.path) == LOGIN:
            _check_app_key(app_key, keys, at_login=True)
            return logins.login(request, app_key, keys, now_ns)
        token = logins.bearer(request)
        known = keys.find(digest(token)) if token else None
        if known is None or known.held.app_key != app_key:
            _check_app_key(app_key, keys, at_login=False)
        if known is None or not known.held.grants or known.held.ended(now_ns):
            raise Unauthorized(DENIED)
        crypto.check_equal(known.held.token.encode(), token.encode(), DENIED)
        return self.principal(known)


def explain(
    request: Request,
    keys: Keys[AutosharesCredential],
    settings: AutosharesSettings,
    now_ns: int,
) -> str:
    """Return why a request is not proven; for worlds whose keys are published."""
    app_key = (request.header(APP_KEY) or b"").decode("latin-1")
    if app_key not in {known.held.app_key for known in keys}:
        return "Et-App-Key is no application's" if app_key else "without Et-App-Key"
    if request.header(logins.USERNAME) is not None:
        return "Username and Password are not those of a login, or a further step is due"
    if not (token := logins.bearer(request)):
        return "without Authorization: Bearer and a token"
    if (found := keys.find(digest(token))) is None:
        return "the token was not issued, or has been replaced or logged out"
    if found.held.ended(now_ns):
        return "the token has expired"
    return "the token is another application's, or may not do this"


def _check_app_key(given: str, keys: Keys[AutosharesCredential], *, at_login: bool) -> None:
    # An application belongs to the whole venue, though each key names it.
    if not given or all(given != known.held.app_key for known in keys):
        raise UnknownAppKey(at_login=at_login)
