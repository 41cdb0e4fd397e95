"""
Plugin: fixtures of an exchange for pytest, found by it through the entry point `countermand`.

    exchange            a new one for each test
    exchange_module     one for all tests of a module
    exchange_session    one for all tests of a run; with xdist, of a worker

A test that fails shows the requests that came to its exchange, and its journal. This module is
loaded in every run of pytest where countermand is installed: it loads nothing by itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from countermand.testing.acts import Acts

_ACTS = "countermand.testing.acts"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that choose the exchange: its venues, its world, a running server."""
    group = parser.getgroup("countermand", "an exchange to test against")
    group.addoption(
        "--countermand-url",
        metavar="URL",
        help="Use the server with this control port, reset for each test, not one in process. Its "
        "token, if it has one, is in the file that COUNTERMAND_CONTROL_TOKEN_FILE names.",
    )
    parser.addini(
        "countermand_venues", "Venues of the exchange; all by default.", "args", default=[]
    )
    parser.addini("countermand_world", "World of the exchange, in TOML; the demo's by default.")


@pytest.fixture
def exchange(pytestconfig: pytest.Config) -> Iterator[Acts]:
    """Return an exchange of this test's own."""
    yield from _exchange(pytestconfig)


@pytest.fixture(scope="module")
def exchange_module(pytestconfig: pytest.Config) -> Iterator[Acts]:
    """Return an exchange for all tests of a module; `exchange_module.reset()` begins it anew."""
    yield from _exchange(pytestconfig)


@pytest.fixture(scope="session")
def exchange_session(pytestconfig: pytest.Config) -> Iterator[Acts]:
    """Return an exchange for all tests of a run; `exchange_session.reset()` begins it anew."""
    yield from _exchange(pytestconfig)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Show what came to the exchanges of a test that fails, and what they did."""
    outcome = yield
    report = outcome.get_result()
    if report.failed and (loaded := sys.modules.get(_ACTS)) is not None:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, loaded.Acts):
                report.sections += [(f"{title}: {name}", text) for title, text in _report(value)]


def _exchange(config: pytest.Config) -> Iterator[Acts]:
    if url := config.getoption("--countermand-url"):
        from countermand.testing.attached import attach  # noqa: PLC0415  (only where it is used)

        attached = attach(url, _token())
        attached.reset()
        yield attached
        return
    from countermand.testing.exchange import Exchange  # noqa: PLC0415  (likewise)

    world = config.getini("countermand_world")
    path = config.rootpath / Path(world) if world else None
    with Exchange(*config.getini("countermand_venues"), world=path) as made:
        yield made


def _token() -> str | None:
    # As `countermand ctl` finds it.
    path = os.environ.get("COUNTERMAND_CONTROL_TOKEN_FILE")
    return Path(path).read_text().strip() if path else None


def _report(exchange: Acts) -> list[tuple[str, str]]:
    try:
        return exchange.report()
    except Exception as error:  # noqa: BLE001  (the test's own failure is what is told)
        return [("countermand", f"the exchange tells nothing: {error}")]
