"""The commands of docs/shared-exchange.md are run: users, keys, roles, a reset."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from tests.cli.calling import Calls
from tests.client.desks import market
from tests.served import Served

from countermand import connect_sync
from countermand.wire.errors import Unauthorized

PAGE = Path(__file__).parents[2] / "docs" / "shared-exchange.md"
VENUE = "coinbase-intx"

call = Calls()


def test_the_operators_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands run in their order, with the token's file, against a server for all hosts."""
    file = tmp_path / "team.toml"
    call("world", "new", file, "--users", "ann", "--venue", VENUE)
    lines = re.findall(r"^countermand (ctl .*?) *(?:#.*)?$", PAGE.read_text(), re.MULTILINE)
    issued: list[dict[str, str]] = []
    everywhere = ("--host", "0.0.0.0", "--world", str(file), "--venue", VENUE)
    with Served(tmp_path / "data", *everywhere) as on:
        monkeypatch.setenv("COUNTERMAND_CONTROL", on.ready["control"])
        monkeypatch.setenv("COUNTERMAND_CONTROL_TOKEN_FILE", on.ready["control_token_file"])
        url, (symbol, price, quantity) = on.venue(VENUE)["base_url"], market(VENUE)
        for line in lines:
            words = [issued[-1]["key"] if word == "KEY" else word for word in shlex.split(line)]
            said = call(*words, "--json")
            assert 0 == said.code, (line, said.err)
            if words[1] == "issue-key":
                issued.append(said.json)
                with connect_sync(VENUE, url, said.json["credentials"]) as cy:
                    placed = cy.place(symbol, "buy", quantity, price * 9 / 10)
                    expected = "Open" if "trade" in said.json["access"] else "Refused"
                    assert expected == placed.name
            elif words[1] == "revoke-key":
                with pytest.raises(Unauthorized):
                    connect_sync(VENUE, url, issued[-1]["credentials"]).open_orders()
            elif words[1] == "configure-account":
                with connect_sync(VENUE, url, issued[0]["credentials"]) as cy:
                    locked = cy.place(symbol, "buy", quantity, price * 9 / 10)
                    [order] = cy.open_orders()
                    assert "Refused" == locked.name
                    assert "Canceled" == cy.cancel(order.order_id).name
            elif words[1] == "reset-account":
                assert 0 == said.json["open_orders"]

    assert 2 == len(issued)
    assert {"open-account", "keys", "revoke-key", "reset-account"} <= {
        line.split()[1] for line in lines
    }
