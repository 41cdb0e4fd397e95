"""
Authentication: one header, and nothing signed.

Shape:  `X-API-KEY`, or for a stream the query parameter `api_key`. The key alone may do everything
        it allows, canceling included. Placing an order takes the operation key's signature besides,
        which is in the request's body and is checked when the order is submitted.
Source: API reference, "Authorization"; Python SDK 1.1.1, `api.py`.
"""

from urllib.parse import parse_qsl

from countermand.venues.deltadefi import credential as credentials
from countermand.venues.deltadefi.credential import DeltaDefiCredential, DeltaDefiPrincipal
from countermand.venues.deltadefi.errors import Code
from countermand.wire.context import Settings
from countermand.wire.credential import Keys
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request

KEY = b"x-api-key"
PARAMETER = b"api_key"


class DeltaDefiAuth:
    """How this venue proves the owner of a request's key."""

    credential = staticmethod(credentials.from_fields)
    publish = staticmethod(credentials.publish)
    fresh = staticmethod(credentials.fresh)

    def sign(self, request: Request, credential: DeltaDefiCredential, now_ns: int) -> Request:
        """Return the request with its header."""
        return request.with_headers((KEY, credential.key.encode()))

    def principal(self, credential: DeltaDefiCredential) -> DeltaDefiPrincipal:
        """Return the principal of a proven key."""
        return DeltaDefiPrincipal(credential.owner, credential.key, credential.access, credential)

    def verify(
        self, request: Request, keys: Keys[DeltaDefiCredential], settings: Settings, now_ns: int
    ) -> DeltaDefiPrincipal:
        """
        Return the principal of a request. Raises Unauthorized for a missing key and for an unknown
        one alike.
        """
        given = request.header(KEY) or _offered(request)
        if (held := keys.find(given.decode("latin-1"))) is None:
            raise Unauthorized(Code.UNAUTHORIZED.text)
        return self.principal(held)


def _offered(request: Request) -> bytes:
    # A client cannot give the offer of a WebSocket a header, so that its key is a parameter.
    if not request.offers_websocket:
        return b""
    return dict(parse_qsl(request.query)).get(PARAMETER, b"")


def explain(
    request: Request, keys: Keys[DeltaDefiCredential], settings: Settings, now_ns: int
) -> str:
    """Return why a request is not proven; for worlds whose keys are published."""
    given = request.header(KEY)
    if given is None:
        return "without X-API-KEY"
    known = keys.find(given.decode("latin-1"))
    return "no key is what X-API-KEY says" if known is None else "the key may not do this"
