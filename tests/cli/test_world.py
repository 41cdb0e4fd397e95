"""`countermand world new`: a file of its owner alone, and a server of it for all hosts."""

from __future__ import annotations

import os
from pathlib import Path
from stat import S_IMODE

import pytest
from tests.cli.calling import Calls
from tests.client.desks import market
from tests.served import Served, serve

from countermand import connect_sync
from countermand.control.client import Control
from countermand.control.row import ControlError
from countermand.venues import VENUES

call = Calls()


def test_a_file_of_its_owner(tmp_path: Path) -> None:
    """The output names the file and the next command; an existing file is never overwritten."""
    file = tmp_path / "team.toml"
    made = call("world", "new", file, "--users", "ann,ben", "--json")
    text = file.read_text()
    again = call("world", "new", file)

    assert {"file": str(file), "venues": list(VENUES), "users": ["ann", "ben"]} == made.json
    assert 0o600 == S_IMODE(file.stat().st_mode)
    assert (2, f"countermand: {file} is there already, and is not overwritten\n") == again[::2]
    assert text == file.read_text()


def test_a_file_that_comes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is not overwritten either; nothing is left beside it."""
    file = tmp_path / "team.toml"
    file.touch()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "exists", lambda _: False)
        said = call("world", "new", file, "--venue", "loopring")

    assert (2, b"", [file]) == (said.code, file.read_bytes(), list(tmp_path.iterdir()))


def test_a_disk_without_second_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the file too."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    file = tmp_path / "team.toml"

    assert 0 == call("world", "new", file, "--venue", "loopring").code
    assert [file] == list(tmp_path.iterdir())
    assert "[loopring.settings]" in file.read_text()


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("{file}", "--users", "0"), 2, "--users 0 is not between 1 and 1000"),
        (("{file}", "--users", "ann,"), 2, "'' is no name of a user"),
        (("{file}", "--venue", "nyse"), 2, "no venue is called 'nyse'; there are deltadefi"),
        (("{file}", "--rate-limit", "-1"), 2, "--rate-limit"),
        (("{file}/under", "--venue", "loopring"), 1, "No such file or directory"),
    ],
)
def test_bad_options(tmp_path: Path, words: tuple[str, ...], code: int, text: str) -> None:
    """One line, an exit code, and no file."""
    file = tmp_path / "team.toml"
    said = call("world", "new", *(word.format(file=file) for word in words))

    assert (code, "", 1) == (said.code, said.out, len(said.err.splitlines()))
    assert text in said.err
    assert [] == list(tmp_path.iterdir())


def test_the_demo_is_for_loopback_alone(tmp_path: Path) -> None:
    """Its secrets are published: it is refused for all hosts, one of its keys is enough."""
    file = tmp_path / "team.toml"
    call("world", "new", file, "--venue", "polymarket-us")
    key = (
        '[[polymarket-us.users.keys]]\nkey_id = "a11ce000-0000-4000-8000-000000000001"\n'
        'secret_key = "Y291bnRlcm1hbmQtZGVtby1hbGljZS10cmFkZS0wMDE="\n\n'
    )
    before, header, after = file.read_text().partition("[[polymarket-us.users.keys]]\n")
    file.write_text(before + key + header + after)
    only = ("--ephemeral", "--port", "0", "--host", "0.0.0.0", "--venue", "polymarket-us")
    for more in ((), ("--world", str(file))):
        done = serve(*only, *more)

        assert (2, 1) == (done.returncode, len(done.stderr.splitlines()))
        assert "the demo's published keys, so only loopback may be bound" in done.stderr


def test_it_is_served_to_all_hosts(tmp_path: Path) -> None:
    """Every user trades on every venue, read-only keys are refused; operators bring a token."""
    file = tmp_path / "team.toml"
    call("world", "new", file, "--users", "ann,ben")
    with Served(tmp_path / "data", "--host", "0.0.0.0", "--world", str(file)) as running:
        token = Path(running.ready["control_token_file"])
        operator = Control(running.ready["control"], token.read_text().strip())
        with pytest.raises(ControlError) as refused:
            Control(running.ready["control"]).call("status")
        for name in VENUES:
            told = running.venue(name)
            symbol, price, quantity = market(name)
            for user in ("ann", "ben"):
                with connect_sync(name, told["base_url"], told["accounts"][user]) as client:
                    order = client.place(symbol, "buy", quantity, price * 9 / 10)
                    assert ("Open", name) == (order.name, name)
                    assert "Canceled" == client.cancel(order.order_id).name
            viewer = operator.call("issue-key", venue=name, owner="ann", access=["view"])
            with connect_sync(name, told["base_url"], viewer.credentials) as client:
                assert () == tuple(client.open_orders())
                refusal = client.place(symbol, "buy", quantity, price * 9 / 10)
                assert "Refused" == refusal.name, refusal

    assert (401, 0o600) == (refused.value.status, S_IMODE(token.stat().st_mode))
