"""Authentication: an HMAC over time, method, path, query and body."""

from collections.abc import Mapping, Sequence
from typing import Any

from countermand.vocabulary.reports import AccountReport
from countermand.wire import crypto, key_fields, times
from countermand.wire.context import Settings
from countermand.wire.credential import Credential, Keys, Principal
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request

KEY, TIME, SIGNATURE = b"toy-key", b"toy-time", b"toy-signature"
WINDOW_NS = 30 * times.S


class ToyKey(Credential, frozen=True):
    """A key and its secret."""

    secret: str


def signature(request: Request, time: bytes, credential: ToyKey) -> bytes:
    """Return the signature of a request sent at `time`, as it stands in the header."""
    parts = (time, request.method.encode(), request.path, request.query, request.body)
    return crypto.hmac_sha256_base64(credential.secret.encode(), b"\n".join(parts))


class ToyAuth:
    """How the toy proves who asks."""

    def credential(self, owner: str, fields: Mapping[str, Any]) -> ToyKey:
        """Make a credential. Raises ValueError naming the field at fault."""
        key_fields.refuse_unknown(fields, ("key", "secret", "access"))
        key, secret = (key_fields.ascii_text(fields, name) for name in ("key", "secret"))
        return ToyKey(owner, key, key_fields.access(fields), secret)

    def publish(self, credential: ToyKey, accounts: Sequence[AccountReport]) -> dict[str, Any]:
        """Return what a client needs."""
        return {"key": credential.key, "secret": credential.secret}

    def fresh(
        self, owner: str, account: AccountReport | None, chance: bytes, now_ns: int
    ) -> dict[str, Any]:
        """Return the fields of a new key, of random bytes."""
        return {"key": chance[:16].hex(), "secret": chance[16:32].hex()}

    def principal(self, credential: ToyKey) -> Principal:
        """Return who a proven key stands for."""
        return Principal(credential.owner, credential.key, credential.access)

    def sign(self, request: Request, credential: ToyKey, now_ns: int) -> Request:
        """Return the request with its three headers."""
        time = times.seconds_text(now_ns).encode()
        key, signed = credential.key.encode(), signature(request, time, credential)
        return request.with_headers((KEY, key), (TIME, time), (SIGNATURE, signed))

    def verify(
        self, request: Request, keys: Keys[ToyKey], settings: Settings, now_ns: int
    ) -> Principal:
        """Return who asks. Raises Unauthorized."""
        key, time, given = (request.header(name) or b"" for name in (KEY, TIME, SIGNATURE))
        if (credential := keys.find(key.decode("latin-1"))) is None:
            raise Unauthorized("unknown key")
        crypto.check_equal(signature(request, time, credential), given, "invalid signature")
        try:
            off_ns = abs(now_ns - times.parse_seconds(time))
        except ValueError as error:
            raise Unauthorized(f"invalid time: {error}") from None
        if off_ns > WINDOW_NS:
            raise Unauthorized("time is more than 30 seconds off")
        return self.principal(credential)
