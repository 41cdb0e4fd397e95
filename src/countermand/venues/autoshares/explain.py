"""
Why a request is not proven: which of the two headers is wrong, and how.

For worlds whose keys are published.
"""

from __future__ import annotations

from countermand.venues.autoshares import logins
from countermand.venues.autoshares.auth import APP_KEY
from countermand.venues.autoshares.credential import AutosharesCredential, digest
from countermand.venues.autoshares.settings import AutosharesSettings
from countermand.wire.http import Request
from countermand.wire.venue import Keys


def explain(
    request: Request,
    keys: Keys[AutosharesCredential],
    settings: AutosharesSettings,
    now_ns: int,
) -> str:
    """Return why a request is not proven."""
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
