"""Where a verb goes, and with which keys: profiles, the environment, an exchange that runs here."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.cli.calling import Calls, low
from tests.served import Served

from countermand.cli import where
from countermand.venues import VENUES

VENUE = "coinbase-intx"
FIELDS = ("access_key", "passphrase", "signing_key")

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a countermand.toml, in the current folder or the user's, that its owner alone reads."""
    here, config = tmp_path / "here", tmp_path / "config"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config))

    def written(text: str, *, here_too: bool = True, mode: int = 0o600) -> Path:
        path = (here if here_too else config / "countermand") / "countermand.toml"
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    return written


def of(served: Served, user: str, venue: str = VENUE) -> dict[str, Any]:
    """Return what a user's SDK needs."""
    return dict(served.venue(venue)["accounts"][user])


def table(name: str, base_url: str, credentials: str, venue: str = VENUE) -> str:
    """Return one venue of a profile, in TOML."""
    return (
        f'[profiles.{name}.{venue}]\nbase_url = "{base_url}"\n'
        f"[profiles.{name}.{venue}.credentials]\n{credentials}\n"
    )


def literally(needs: dict[str, Any]) -> str:
    """Return credentials as TOML has them."""
    return "\n".join(f"{field} = {json.dumps(needs[field])}" for field in FIELDS)


def test_keys_from_each_kind_of_place(
    exchange_here: Served, call: Calls, write: Write, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A variable, what a command prints, and a file that its owner alone reads."""
    bob, venue = of(exchange_here, "bob"), exchange_here.venue(VENUE)
    monkeypatch.setenv("BOBS_KEY", bob["access_key"])
    key = tmp_path / "bob.key"
    key.write_text(bob["signing_key"] + "\n")
    key.chmod(0o600)
    command = json.dumps([sys.executable, "-c", f"print({bob['passphrase']!r})"])
    write(
        table(
            "desk",
            venue["base_url"],
            'access_key = { env = "BOBS_KEY" }\n'
            f"passphrase = {{ command = {command} }}\n"
            f"signing_key = {{ file = {json.dumps(str(key))} }}",
        )
    )
    order = call("place", VENUE, "ETH-PERP", "buy", "0.01", "2700", "-q", "--user", "bob").out

    said = call("cancel", VENUE, order.strip(), "--profile", "desk", "--json")

    assert (0, "Canceled") == (said.code, said.json["outcomes"][0]["outcome"])


@pytest.mark.parametrize("venue", VENUES)
def test_all_keys_from_one_file(
    exchange_here: Served, call: Calls, write: Write, tmp_path: Path, venue: str
) -> None:
    """The file is the output of `countermand accounts --json`, on every venue."""
    key = tmp_path / "keys.json"
    key.write_text(json.dumps(of(exchange_here, "bob", venue)))
    key.chmod(0o600)
    base_url = exchange_here.venue(venue)["base_url"]
    write(
        f'[profiles.desk.{venue}]\nbase_url = "{base_url}"\n'
        f"credentials = {{ file = {json.dumps(str(key))} }}\n"
    )

    said = call("balances", venue, "--profile", "desk", "--json")

    assert (0, base_url) == (said.code, said.json["base_url"])


@pytest.mark.parametrize("venue", VENUES)
def test_keys_from_the_environment(
    exchange_here: Served, call: Calls, venue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variables are the venue's name and its SDK's fields, in capitals."""
    begin = where.prefix(venue)
    monkeypatch.setenv(f"{begin}BASE_URL", exchange_here.venue(venue)["base_url"])
    for field, value in of(exchange_here, "bob", venue).items():
        if isinstance(value, str | int):
            words = "".join(f"_{c}" if c.isupper() else c for c in field).upper()
            monkeypatch.setenv(f"{begin}{words}", str(value))

    assert f"{begin}*" == where.find(venue).said_by
    assert 0 == call("balances", venue).code


def test_the_order_of_files_and_options(
    exchange_here: Served, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearer file goes before the farther one, and an option before the usual profile."""
    found = partial(where.find, VENUE)
    local = exchange_here.venue(VENUE)["base_url"]
    assert (local, "alice of the exchange here") == (found().base_url, found().said_by)

    keys = literally(of(exchange_here, "bob"))
    write(
        table("default", "http://config-default", keys)
        + table("desk", "http://config-desk", keys)
        + table("far", "http://config-far", keys),
        here_too=False,
    )
    assert "http://config-default" == found().base_url
    assert "http://config-desk" == found(profile="desk").base_url

    write('profile = "desk"\n' + table("desk", "http://here-desk", keys))
    assert "http://here-desk" == found().base_url
    assert "http://config-far" == found(profile="far").base_url
    assert "http://config-default" == found(profile="default").base_url
    assert ("http://said", "profile desk") == found(base_url="http://said")[1:4:2]
    assert local == found(user="bob").base_url
    assert "alice of the exchange here" == where.find("loopring").said_by

    monkeypatch.setenv("COUNTERMAND_COINBASE_INTX_ACCESS_KEY", "mine")
    monkeypatch.setenv("COUNTERMAND_COINBASE_INTX_BASE_URL", "http://environment")
    assert "http://environment" == found().base_url
    assert "http://here-desk" == found(profile="desk").base_url

    monkeypatch.setenv("COUNTERMAND_PROFILE", "far")
    assert "http://config-far" == found().base_url


def test_other_fields_of_a_profile(
    exchange_here: Served, call: Calls, write: Write, tmp_path: Path
) -> None:
    """The account at the venue, and the path of its ledger."""
    needs = of(exchange_here, "alice")
    ledger = tmp_path / "desk.sqlite"
    write(
        table("desk", exchange_here.venue(VENUE)["base_url"], literally(needs)).replace(
            "base_url", f'account = "second"\nledger = "{ledger}"\nbase_url'
        )
    )

    said = call("place", VENUE, "ETH-PERP", "buy", "0.01", "2700", "--profile", "desk", "-q")

    assert 0 == said.code
    assert ledger.exists()
    order = said.out.strip()
    assert order not in call("orders", VENUE).out
    assert order in call("orders", VENUE, "--account", "second").out
    assert 0 == call("cancel", VENUE, order, "--profile", "desk").code


@pytest.mark.parametrize(("venue", "account"), [(VENUE, "second"), ("autoshares", "cash")])
def test_another_account(call: Calls, venue: str, account: str) -> None:
    """Its orders are shown, replaced and canceled there, and are no part of the usual one."""
    symbol, quantity, price = low(venue)
    there = (venue, "--account", account, "--json")

    order = call("place", *there, symbol, "buy", quantity, price).json["order_id"]
    shown = call("order", *there, order)
    replaced = call("replace", *there, order, "--price", low(venue, 8)[2])
    usual = call("orders", venue, "--json").json["orders"]
    canceled = call("cancel", *there, order)

    assert [0, 0, 0] == [shown.code, replaced.code, canceled.code]
    assert order not in {one["order_id"] for one in usual}
    assert ["Canceled"] == [one["outcome"] for one in canceled.json["outcomes"]]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_that_others_can_read_is_refused(call: Calls, write: Write, mode: int) -> None:
    """Its own user has the remedy in the line; the same for a key's file."""
    path = write(table("desk", "http://nowhere", 'access_key = "a"'), mode=mode)

    said = call("orders", VENUE)
    assert (2, 1) == (said.code, len(said.err.splitlines()))
    assert "countermand: others can read countermand.toml: chmod 600 countermand.toml\n" == said.err

    key = path.parent / "key"
    key.write_text("k")
    key.chmod(mode)
    write(table("desk", "http://nowhere", f'access_key = {{ file = "{key}" }}'))
    said = call("orders", VENUE, "--profile", "desk")
    assert (2, f"countermand: others can read {key}: chmod 600 {key}\n") == (said.code, said.err)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(call: Calls, write: Write) -> None:
    """However few can read it."""
    os.chown(write(table("desk", "http://nowhere", 'access_key = "a"')), 65534, -1)

    said = call("orders", VENUE)

    assert (2, "countermand: countermand.toml is not a file of this user's\n") == said[::2]


WRONG = [
    ("profile = ", "countermand.toml: "),
    ("profil = 'a'", "countermand.toml: profil is none of profile, profiles"),
    ("profile = 1", "profile is a name"),
    ("profiles = 'a'", "profiles.NAME.VENUE a table"),
    ("[profiles]\ndesk = 1", "profiles.NAME.VENUE a table"),
    (table("other", "x", ""), "no profile is called 'desk'; there are other"),
    (table("desk", "x", "", "loopring"), "profile 'desk' says nothing of coinbase-intx"),
    ("[profiles.desk.coinbase-intx]\nbase_url = 'x'", "missing required field `credentials`"),
    (table("desk", "x", "").replace("base_url", "baseurl"), "profiles.desk.coinbase-intx: Object"),
    (table("desk", "x", "a = 1.5"), "credentials.a is neither text nor one of { env"),
    (table("desk", "x", "a = { env = 'NONE_SUCH' }"), "credentials.a: no NONE_SUCH in the env"),
    (table("desk", "x", "a = { command = 'false' }"), "credentials.a: false ended with 1"),
    (table("desk", "x", "a = { command = 'true' }"), "credentials.a: true printed nothing"),
    (table("desk", "x", "a = { command = 'no-such-x' }"), "a: no-such-x: No such file"),
    (table("desk", "x", "a = { command = [] }"), "a: a command is a line or a list of words"),
    (table("desk", "x", "a = { file = '/none' }"), "/none: No such file or directory"),
    (table("desk", "x", "a = { file = 1 }"), "a: a file is named by its path"),
    (table("desk", "nowhere", "access_key = 'k'"), "profile desk: "),
    (table("desk", "http://u:secret-word@h", "access_key = 'k'"), "neither a query nor a user"),
    (table("desk", "http://h", "access_key = 'k'"), "profile desk: "),
    (table("desk", "http://h", "publicX = 'k'", "loopring"), "says nothing of coinbase-intx"),
]


@pytest.mark.parametrize(("text", "line"), WRONG, ids=[line for _, line in WRONG])
def test_a_profile_that_is_no_use(call: Calls, write: Write, text: str, line: str) -> None:
    """One line says which entry is wrong, and repeats none of its values."""
    write(text)

    said = call("orders", VENUE, "--profile", "desk")

    assert (2, "", 1) == (said.code, said.out, len(said.err.splitlines()))
    assert line in said.err
    assert "secret-word" not in said.err


def test_an_environment_that_is_no_use(call: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys go nowhere that is not said, and a place without keys is none."""
    monkeypatch.setenv("COUNTERMAND_LOOPRING_API_KEY", "k")
    said = call("orders", "loopring")
    assert "COUNTERMAND_LOOPRING_BASE_URL or --base-url" in said.err

    monkeypatch.setenv("COUNTERMAND_LOOPRING_BASE_URL", "http://127.0.0.1:1")
    missing = call("orders", "loopring")
    assert "COUNTERMAND_LOOPRING_*: credentials: publicX is missing" in missing.err

    monkeypatch.delenv("COUNTERMAND_LOOPRING_API_KEY")
    none = call("orders", "loopring")
    assert "COUNTERMAND_LOOPRING_BASE_URL is set, and no credentials are" in none.err
    assert [2, 2, 2] == [said.code, missing.code, none.code]


def test_nothing_of_it_is_in_a_repr(exchange_here: Served) -> None:
    """A repr of a place or profile, which may stand in an error, has no credentials."""
    found = where.find(VENUE)

    assert "alice-demo" not in repr(found)
    assert found.base_url in repr(found)
