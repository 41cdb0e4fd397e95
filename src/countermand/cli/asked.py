"""Asked: what every verb of a client is asked besides its own, and the client that comes of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from countermand.cli import printed, where
from countermand.cli.exits import Code, Stop

if TYPE_CHECKING:
    from countermand.client.asynchronous import Client as AsyncClient
    from countermand.client.synchronous import Client

T = TypeVar("T")


class Asked:
    """
    The words of one call of a verb.

    Shape:  of `words`, by the names of the options, those that the verb has. One that can be
            rehearsed acts, and `keeps_ledger`.
    """

    def __init__(self, words: dict[str, Any]) -> None:
        self.venue: str = words["venue"]
        self.profile: str = words["profile"]
        self.base_url: str = words["base_url"]
        self.user: str = words["user"]
        self.port: int | None = words["port"]
        self.account: str = words["account"]
        self.tls_ca: Path | None = words["tls_ca"]
        self.as_json: bool = words["json"]
        self.ledger: Path | None = words.get("ledger")
        self.timeout_s: float = words.get("timeout", 0.0)
        self.is_dry_run: bool = words.get("dry_run", False)
        self.keeps_ledger = "dry_run" in words
        self.place: where.Where | None = None

    def found(self) -> where.Where:
        """Return where to go. Raises Stop."""
        # Imported here, so that help and completion load no more than they use.
        from countermand.venues import VENUES  # noqa: PLC0415  (loaded when it is needed)

        if self.venue not in VENUES:
            text = f"no venue is called {self.venue!r}; there are {', '.join(VENUES)}"
            raise Stop(Code.ASKED_WRONGLY, text)
        self.place = where.find(
            self.venue,
            profile=self.profile,
            base_url=self.base_url,
            user=self.user,
            port=self.port,
        )
        return self.place

    @contextmanager
    def client(self, progress: Callable[[int, int], None] | None = None) -> Iterator[Client]:
        """
        Yield a client that is let in.

        Raises: Stop; what it raises later is its own.
        """
        from countermand.client.errors import Unanswered  # noqa: PLC0415  (loaded when it is needed)

        client = self.unconnected(progress)
        at = self.at
        try:
            client.begin()
        except BaseException as error:
            client.close()
            if isinstance(error, Unanswered):
                raise Stop(Code.NOT_SENT, f"{at.venue} at {at.base_url}: {error}") from None
            raise
        printed.aside(f"{at.venue} at {at.base_url}, {at.said_by}")
        with client:
            yield client

    def unconnected(self, progress: Callable[[int, int], None] | None = None) -> Client:
        """Return a client that has sent nothing yet. Raises Stop."""
        from countermand.client.connect import unconnected  # noqa: PLC0415  (loaded when it is needed)

        at = self.at if self.place else self.found()
        printed.notice(at.note)
        told = self._options(at, progress, self.ledger_path() if self.keeps_ledger else None)
        return _made(at, unconnected, told | {"transport": self._transport(at)})

    def waiting(
        self, progress: Callable[[int, int], None] | None, ledger: Path | None
    ) -> AsyncClient:
        """Return a client for an event loop, that has sent nothing yet. Raises Stop."""
        from countermand.client.connect import connect  # noqa: PLC0415  (loaded when it is needed)

        at = self.at if self.place else self.found()
        told = self._options(at, progress, ledger)
        return _made(at, connect, told | {"transport": self._transport(at, waits=True)})

    def _options(
        self, at: where.Where, progress: Callable[[int, int], None] | None, ledger: Path | None
    ) -> dict[str, Any]:
        return {
            "account": self.account or at.profile.account or None,
            "ledger": ledger,
            "keep_limits": at.profile.keep_limits,
            "trust_env": at.profile.trust_env,
            "dry_run": self.is_dry_run,
            "prompt": _ask,
            "progress": progress,
        }

    def _transport(self, at: where.Where, *, waits: bool = False) -> Any:
        path = self.tls_ca or (Path(at.profile.tls_ca).expanduser() if at.profile.tls_ca else None)
        if path is None:
            return None
        import ssl  # noqa: PLC0415  (loaded when it is needed)

        import httpx  # noqa: PLC0415  (loaded when it is needed)

        try:
            signer = ssl.create_default_context(cafile=path)
        except OSError as error:
            why = error.strerror or "no certificate in PEM"
            raise Stop(Code.ASKED_WRONGLY, f"{path}: {why}") from None
        kind = httpx.AsyncHTTPTransport if waits else httpx.HTTPTransport
        return kind(verify=signer, trust_env=at.profile.trust_env)

    @property
    def at(self) -> where.Where:
        """Where it goes, once that was found."""
        assert self.place is not None, "nothing is asked of a place before it is found"  # noqa: S101  (for the reader and the types)
        return self.place

    def told(self, **result: Any) -> dict[str, Any]:
        """Return a result with where it is from, as JSON has it."""
        base_url = self.place.base_url if self.place is not None else ""
        return {"venue": self.venue, "base_url": base_url, **result}

    def origin(self) -> str:
        """Return the scheme and host that requests go to."""
        from countermand.client.connect import origin  # noqa: PLC0415  (loaded when it is needed)

        return origin(self.venue, self.at.base_url)

    def ledger_path(self) -> Path:
        """Return where the ledger is."""
        at = self.at
        if self.ledger is not None:
            return self.ledger
        return Path(at.profile.ledger).expanduser() if at.profile.ledger else usual_ledger()


def _made(at: where.Where, make: Callable[..., T], options: dict[str, Any]) -> T:
    try:
        return make(at.venue, at.base_url, at.credentials, **options)
    except ValueError as error:
        raise Stop(Code.ASKED_WRONGLY, f"{at.said_by}: {error}") from None


def usual_ledger() -> Path:
    """Return where the ledger is that no option and no profile moves."""
    state = os.environ.get("XDG_STATE_HOME", "")
    home = Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state"
    return home / "countermand" / "ledger.sqlite"


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise Stop(Code.NOT_SENT, f"the venue asks for {question!r}, and no terminal is here")
    answer: str = typer.prompt(question, hide_input=True, err=True)
    return answer
