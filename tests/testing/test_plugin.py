"""The plugin of pytest, in runs of its own: what it gives, what it tells, what it costs."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import httpx
import pytest
from tests.served import Served, demo_text

from countermand.testing import Exchange

VENUE = "coinbase-intx"
TIMEOUT_S = 120

PLACES = """
def place(exchange):
    exchange.account("bot", funds={"USDC": 10_000})
    exchange.quote("ETH-PERP", bid=("2700", "1"))

def is_new(exchange):
    owners = {one.owner for one in exchange.call("accounts", venue=exchange.venues[0]).accounts}
    return "bot" not in owners
"""


class Project:
    """A directory of tests, as a user of the plugin has one."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(
        self, tests: str, *arguments: str, ini: str = "", **environment: str
    ) -> tuple[int, str]:
        """Run tests with more in their environment; return the exit code and what was said."""
        (self.root / "test_it.py").write_text(tests)
        (self.root / "pytest.ini").write_text(f"[pytest]\n{ini}")
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:countermand"]
        command += ["-W", "error", "-p", "countermand.testing.plugin", *arguments]
        done = subprocess.run(
            command,
            cwd=self.root,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    return Project(tmp_path)


def test_the_entry_point_names_the_plugin() -> None:
    """By its entry point pytest finds the plugin."""
    path = Path(__file__).parents[2] / "pyproject.toml"
    [named] = tomllib.loads(path.read_text())["project"]["entry-points"]["pytest11"].values()

    assert import_module(named).exchange


def test_each_scope_lives_as_long_as_it_says(project: Project) -> None:
    """A test's own, a module's, a run's."""
    tests = (
        PLACES
        + """
def test_first(exchange, exchange_module, exchange_session):
    assert len({id(e) for e in (exchange, exchange_module, exchange_session)}) == 3
    for each in (exchange, exchange_module, exchange_session):
        place(each)

def test_second(exchange, exchange_module, exchange_session):
    assert is_new(exchange)
    assert not is_new(exchange_module)
    assert not is_new(exchange_session)
    exchange_module.reset()
    assert is_new(exchange_module)
"""
    )
    code, told = project.run(tests, ini=f"countermand_venues = {VENUE}")

    assert 0 == code, told


def test_one_that_fails_shows_its_exchange(project: Project) -> None:
    """Requests and journal of those that the test had, none for one that had none."""
    tests = (
        PLACES
        + """
import httpx

def test_fails(exchange):
    place(exchange)
    httpx.Client(transport=exchange.transport(), base_url="http://venue").get("/api/v1/nowhere")
    raise AssertionError("as it must")

def test_fails_alone():
    raise AssertionError("as it must")
"""
    )
    code, told = project.run(tests, ini=f"countermand_venues = {VENUE}")

    assert 1 == code
    assert 1 == told.count("countermand requests: exchange -")
    assert 1 == told.count("countermand journal: exchange -")
    assert "GET /api/v1/nowhere" in told
    assert "NewOrder" in told


def test_an_exchange_that_tells_nothing_hides_no_failure(project: Project) -> None:
    """The test's own failure is shown all the same."""
    tests = """
def test_fails(exchange):
    exchange.close()
    exchange.report = lambda: 1 / 0
    raise AssertionError("as it must")
"""
    code, told = project.run(tests, ini=f"countermand_venues = {VENUE}")

    assert 1 == code
    assert "as it must" in told
    assert "the exchange tells nothing: division by zero" in told


def test_a_run_that_uses_none_loads_none(project: Project) -> None:
    """A run without the fixture imports the plugin's own module and no other."""
    tests = """
import sys

def test_nothing():
    ours = {name for name in sys.modules if name.split(".")[0] == "countermand"}
    assert ours == {"countermand", "countermand.testing", "countermand.testing.plugin"}
    assert not {"httpx", "msgspec", "starlette", "asyncio", "ssl"} & set(sys.modules)
"""
    code, told = project.run(tests, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")

    assert 0 == code, told


def test_a_world_of_ones_own_is_served(project: Project) -> None:
    """The path is within the project; a missing file fails the test in one line."""
    (project.root / "mine.toml").write_text(demo_text(VENUE).replace("alice", "anna"))
    tests = """
def test_anna(exchange):
    assert exchange.account("anna").balance("USDC") > 0
    assert exchange.venues == ("coinbase-intx",)
"""
    ini = f"countermand_venues = {VENUE}\ncountermand_world = "
    code, told = project.run(tests, ini=f"{ini}mine.toml")
    assert 0 == code, told
    code, told = project.run(tests, ini=f"{ini}other.toml")
    assert 1 == code
    assert "No such file" in told


def test_a_server_that_runs_is_used_and_reset(project: Project) -> None:
    """The setting is the control port's URL; each test finds the founded world."""
    tests = (
        PLACES
        + """
def test_first(exchange):
    place(exchange)

def test_second(exchange):
    assert is_new(exchange)
    raise AssertionError("as it must")
"""
    )
    with Exchange(VENUE) as exchange:
        exchange.url()
        code, told = project.run(tests, "--countermand-url", exchange.control_url())
        assert exchange.call("clock") is not None

    assert 1 == code
    assert "1 failed, 1 passed" in told
    assert "countermand journal: exchange -" in told


def test_a_server_that_asks_for_a_token_is_used(project: Project) -> None:
    """The token's file is named by the environment."""
    token = project.root / "token"
    token.write_text("of-twenty-characters\n")
    tests = (
        PLACES
        + """
def test_it(exchange):
    assert is_new(exchange)
    place(exchange)
"""
    )
    with Served(None, "--venue", VENUE, "--control-token-file", str(token)) as served:
        asked = ("--countermand-url", served.ready["control"])
        refused, told = project.run(tests, *asked)
        assert (refused, "401" in told or "token" in told) == (1, True)
        code, told = project.run(tests, *asked, COUNTERMAND_CONTROL_TOKEN_FILE=str(token))

    assert 0 == code, told


def test_runs_beside_each_other_do_not_meet(project: Project) -> None:
    """Each worker of xdist has its own exchange and ports."""
    tests = (
        PLACES
        + """
import httpx

def test_it(exchange_session):
    place(exchange_session)
    assert httpx.get(exchange_session.url() + "/api/v1/instruments").status_code == 200
    assert len(exchange_session.orders(which="open", account="house-quotes")) == 1
"""
    )
    (project.root / "test_it.py").write_text(tests)
    (project.root / "pytest.ini").write_text(f"[pytest]\ncountermand_venues = {VENUE}\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:countermand"]
    command += ["-p", "countermand.testing.plugin"]
    running = [subprocess.Popen(command, cwd=project.root) for _ in range(2)]

    assert [0, 0] == [each.wait(TIMEOUT_S) for each in running]


def command_with(*arguments: str) -> tuple[int, str, str]:
    """Run `python -m countermand.testing` and return its exit code and what it printed."""
    command = [sys.executable, "-m", "countermand.testing", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_command_has_an_exchange_of_its_own() -> None:
    """The command finds it in its environment; its exit code is passed on."""
    script = """
import json, os, sys
from urllib.request import urlopen
control, venue = os.environ["COUNTERMAND_CONTROL_URL"], os.environ["COUNTERMAND_COINBASE_INTX_URL"]
time = json.load(urlopen(control + "/control/v1/clock"))["time"]
print(time, json.load(urlopen(control))["venues"])
assert urlopen(venue + "/api/v1/instruments").status == 200
sys.exit(5)
"""
    asked = ("--venue", VENUE, "--now", "2026-03-01T00:00:00Z", "--seed", "1")
    code, told, errors = command_with(*asked, "--", sys.executable, "-c", script)

    assert (5, "") == (code, errors)
    assert told.startswith("2026-03-01T00:00:00Z {'coinbase-intx': 'http://127.0.0.1:")


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        ((), 2, "a command to run is needed, behind --"),
        (("--venue", "nyse", "--", "true"), 2, "countermand: no venue is called 'nyse'"),
        (("--venue", VENUE, "--now", "noon", "--", "true"), 2, "ISO-8601"),
        (("--venue", VENUE, "--", "no-such-command"), 127, "cannot run no-such-command"),
        (("--venue", VENUE, "--world", "none.toml", "--", "true"), 2, "No such file"),
        (("--venue", VENUE, "--", "sh", "-c", "kill -9 $$"), 137, ""),
    ],
)
def test_a_command_that_cannot_run_is_one_line(
    arguments: tuple[str, ...], code: int, text: str
) -> None:
    """One line and an exit code, without a traceback."""
    ended, _, errors = command_with(*arguments)

    assert code == ended
    assert text in errors
    assert "Traceback" not in errors


def test_no_exchange_outlives_its_run() -> None:
    """The port of a command that has ended is closed."""
    script = "import os; print(os.environ['COUNTERMAND_CONTROL_URL'])"
    _, told, _ = command_with("--venue", VENUE, "--", sys.executable, "-c", script)

    with pytest.raises(httpx.ConnectError):
        httpx.get(told.strip())
