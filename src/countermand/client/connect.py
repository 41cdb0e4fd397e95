"""Connecting: from what people say to a client, without a byte sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import urandom
from pathlib import Path
from typing import Any, TypedDict, Unpack
from urllib.parse import urlsplit

import httpx

from countermand import announce
from countermand.client import asynchronous, synchronous
from countermand.client.http import Base, Timeouts
from countermand.client.ledger import Keeper, Ledger, NoLedger
from countermand.client.prompts import Prompts
from countermand.client.session import Session, client_end
from countermand.venues import VENUES
from countermand.wire.credential import Credential

# The field with a key's owner, which only our own server asks for.
_OWNER = "owner"


class Options(TypedDict, total=False):
    """
    What can be said besides.

    Shape:  `user` is whose credentials to take of an exchange on this machine; `account` the
            venue's account to act for, the key's default one if left out; `ledger` the file that
            intents are kept in, none if left out; `prompt` is called with a question when the venue
            asks for a second factor, `progress` with how many of how many orders are settled;
            `timeouts` are those of one request. The limits that a venue documents are kept unless
            `keep_limits` is False, as it is for an exchange on this machine. Proxies of the
            environment are used only with `trust_env`. With `dry_run` what only reads is sent, and
            the first request that could change something is raised as `WouldSend`; no ledger is
            kept. `transport` is one of httpx's, in the place of connections. `stream_url` is the
            base URL of streams where that is another one.
    """

    user: str | None
    account: str | None
    ledger: str | Path | None
    timeouts: Timeouts
    keep_limits: bool
    trust_env: bool
    dry_run: bool
    transport: httpx.AsyncBaseTransport | httpx.BaseTransport | None
    stream_url: str
    prompt: Callable[[str], str] | None
    progress: Callable[[int, int], None] | None


def connect(
    venue: str,
    base_url: str = "",
    credentials: Mapping[str, Any] | None = None,
    **options: Unpack[Options],
) -> asynchronous.Client:
    """
    Return a client of a venue, for `async with`; or await it, and close it.

    Shape:  `base_url` is a URL, or the name of one of the venue's own, `production` say;
            `credentials` are what the venue's SDK takes, as `countermand accounts` prints them.
            Without both it is the exchange that runs on this machine, and its first user. For
            `options` see `Options`.
    Raises: ValueError for a venue, a base URL or credentials that are none.
    """
    bases, session = _begun(venue, base_url, credentials, options)
    way: Any = options.get("transport")
    trust_env = options.get("trust_env", False)
    transport = asynchronous.HttpTransport(*bases, trust_env=trust_env, transport=way)
    return asynchronous.Client(session, transport, _keeper(options), _prompts(options))


def connect_sync(
    venue: str,
    base_url: str = "",
    credentials: Mapping[str, Any] | None = None,
    **options: Unpack[Options],
) -> synchronous.Client:
    """
    Return a client of a venue that is ready: use it in `with`, or close it.

    Shape:  as `connect`.
    Raises: as `connect`; a WireError or Unanswered when the venue does not let it in.
    """
    client = unconnected(venue, base_url, credentials, **options)
    try:
        return client.begin()
    except BaseException:
        client.close()
        raise


def unconnected(
    venue: str,
    base_url: str = "",
    credentials: Mapping[str, Any] | None = None,
    **options: Unpack[Options],
) -> synchronous.Client:
    """
    Return a client that has sent nothing yet, for a checkup.

    Shape:  as `connect`.
    Raises: as `connect`.
    """
    bases, session = _begun(venue, base_url, credentials, options)
    way: Any = options.get("transport")
    trust_env = options.get("trust_env", False)
    transport = synchronous.HttpTransport(*bases, trust_env=trust_env, transport=way)
    return synchronous.Client(session, transport, _keeper(options), _prompts(options))


def _begun(
    venue: str, base_url: str, credentials: Mapping[str, Any] | None, options: Options
) -> tuple[tuple[Base, Base], Session]:
    if unknown := options.keys() - Options.__annotations__.keys():
        raise TypeError(f"no option is called {min(unknown)!r}")
    if venue not in VENUES:
        raise ValueError(f"venue {venue!r} is none of {', '.join(VENUES)}")
    is_local = not base_url and credentials is None
    if is_local:
        base_url, credentials = local(venue, options.get("user"))
    if not base_url or credentials is None:
        raise ValueError("a base_url and credentials go together")
    known = VENUES[venue]
    end, timeouts = client_end(known), options.get("timeouts", Timeouts())
    streams = options.get("stream_url", end.stream_homes.get(base_url, ""))
    base = Base(_url(venue, base_url), timeouts, streams)
    public = Base(end.public_homes[base_url], timeouts) if base_url in end.public_homes else base
    session = Session(
        known,
        credential_of(venue, credentials, base.url),
        host=base.host,
        public_host=public.host,
        account=options.get("account"),
        keep_limits=options.get("keep_limits", not is_local),
        seed=urandom(16),
        is_dry_run=options.get("dry_run", False),
    )
    return (base, public), session


def origin(venue: str, base_url: str) -> str:
    """Return the scheme and host of a base URL, or of one of the venue's by its name."""
    parts = urlsplit(_url(venue, base_url))
    return f"{parts.scheme}://{parts.netloc}"


def _url(venue: str, base_url: str) -> str:
    return client_end(VENUES[venue]).homes.get(base_url, base_url)


def local(venue: str, user: str | None = None) -> tuple[str, Mapping[str, Any]]:
    """
    Return where an exchange on this machine serves a venue, and what one of its users needs.

    Raises: ValueError when none runs, or it does not serve the venue, or knows no such user.
    """
    server = announce.find()
    if server is None or venue not in server.venues:
        what = "no server runs on this machine" if server is None else f"{venue} is not served"
        raise ValueError(f"{what}; give a base_url and credentials")
    told = server.venues[venue]
    users = told["accounts"]
    if (who := user or next(iter(users), "")) not in users:
        raise ValueError(f"user {who!r} is none of {', '.join(users)}")
    return told["base_url"], users[who]


def credential_of(venue: str, credentials: Mapping[str, Any], base_url: str) -> Credential:
    """Return the key of a venue. Raises ValueError that names the field at fault."""
    known = VENUES[venue]
    end = client_end(known)
    try:
        fields = end.key_fields(credentials)
    except KeyError as missing:
        raise ValueError(f"credentials: {missing.args[0]} is missing") from None
    credential: Credential = known.auth.credential(_OWNER, fields)
    return end.addressed(credential, base_url)


def _keeper(options: Options) -> Keeper:
    path = options.get("ledger")
    return NoLedger() if path is None or options.get("dry_run") else Ledger(path)


def _prompts(options: Options) -> Prompts:
    return Prompts(options.get("prompt"), options.get("progress"))
