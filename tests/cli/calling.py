"""The command line called in this process, as a shell would call it; and what it must never say."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pytest
from tests.client.desks import market
from tests.served import Served
from tests.venues.desk import Desk

from countermand.cli import main
from countermand.client import people
from countermand.venues import VENUES

# What a venue's SDK takes that proves who asks.
SECRET_FIELDS = {
    "api_key", "encrypted_operation_key", "passcode", "app_key", "password", "token", "passphrase",
    "signing_key", "apiKey", "privateKey", "secret_key",
}  # fmt: skip


class Said(NamedTuple):
    """What a call printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        [line] = self.out.splitlines()
        return json.loads(line)


class Calls:
    """Calls of the command line, all of which are remembered."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __call__(self, *words: object) -> Said:
        """Call it, as `countermand WORDS`."""
        out, err = io.StringIO(), io.StringIO()
        arguments = ["countermand", *map(str, words)]
        with mock.patch("sys.argv", arguments), redirect_stdout(out), redirect_stderr(err):
            try:
                main()
                code: Any = 0
            except SystemExit as end:
                code = end.code
        said = Said(int(code or 0), out.getvalue(), err.getvalue())
        self.said += [said.out, said.err]
        assert "Traceback" not in said.err
        return said


def secrets(served: Served) -> set[str]:
    """Return every secret of every user of a served world."""
    return {
        str(value)
        for venue in served.ready["venues"].values()
        for needs in venue["accounts"].values()
        for field, value in needs.items()
        if field in SECRET_FIELDS
    }


@cache
def low(venue: str, tenths: int = 9) -> tuple[str, str, str]:
    """Return a market, a thousand lots, and a price below every offer."""
    symbol, _, quantity = market(venue)
    one = Desk(VENUES[venue]).directory.instrument_by_symbol(symbol)
    assert one is not None
    price = people.price(one, one.reference_price_ticks * tenths // 10)
    return symbol, format(quantity, "f"), format(price, "f")


@contextmanager
def home(folder: Path) -> Iterator[Path]:
    """A user's folders, and none of what the environment says of anyone's."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("RUNTIME_DIR", "CONFIG_HOME", "STATE_HOME"):
            (folder / name).mkdir(mode=0o700)
            patch.setenv(f"XDG_{name}", str(folder / name))
        patch.delenv("COUNTERMAND_PROFILE", raising=False)
        patch.delenv("COUNTERMAND_LEDGER", raising=False)
        patch.chdir(folder)
        yield folder
