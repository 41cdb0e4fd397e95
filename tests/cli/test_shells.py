"""On a terminal: tables and progress; and what a shell offers to complete."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import trustme
from tests.cli.calling import Calls, home, low
from tests.served import Served
from tests.terminal import Terminal

from countermand.venues import VENUES

VENUE = "coinbase-intx"
COLOR = re.compile(r"\x1b\[[0-9;]*m")


def ended(*words: str) -> str:
    """Run the command line on a terminal; return what was shown."""
    with Terminal(*words) as terminal:
        while terminal._read():
            pass
        return terminal.text


def test_tables_on_a_terminal(exchange_here: Served, call: Calls) -> None:
    """The rows of the plain output in color, after a line that says where the verb went."""
    plain, shown = call("balances", VENUE).out, ended("balances", VENUE)

    assert COLOR.search(shown)
    text = COLOR.sub("", shown)
    assert (
        f"{VENUE} at {exchange_here.venue(VENUE)['base_url']}, alice of the exchange here" in text
    )
    rows = [line.split() for line in text.splitlines()[1:]]
    assert [line.split() for line in plain.splitlines()] == rows
    assert "\x1b" not in plain


def test_no_color_is_honored(
    exchange_here: Served, monkeypatch: pytest.MonkeyPatch, call: Calls
) -> None:
    """NO_COLOR holds for tables and for lines."""
    monkeypatch.setenv("NO_COLOR", "1")
    symbol, quantity, price = low(VENUE)
    shown = ended("place", VENUE, symbol, "buy", quantity, price) + ended("cancel-all", VENUE)

    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", shown)
    assert "no order is open" in shown


def test_a_sweep_shows_how_far_it_has_come(exchange_here: Served, call: Calls) -> None:
    """Where it takes longer than a moment."""
    venue = "loopring"
    symbol, quantity, price = low(venue)
    for _ in range(12):
        assert 0 == call("place", venue, symbol, "buy", quantity, price, "--quiet").code
    words = ("--venue", venue, "--operation", "cancel-order", "--delay-ms", "150")
    assert 0 == call("ctl", "add-fault", "delayed-after", *words).code

    shown = COLOR.sub("", ended("cancel-all", venue))
    assert 0 == call("ctl", "clear-faults").code

    assert re.search(r"settled .*1[0-2]/12.* orders", shown)
    assert 12 == len(re.findall("Canceled: 0x", shown))
    assert "no order is open" in shown


def complete(*words: str) -> list[str]:
    """Return what bash is offered for the last word."""
    told = {
        "_COUNTERMAND_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(("countermand", *words)),
        "COMP_CWORD": str(len(words)),
    }
    script = "import sys; sys.argv = ['countermand']; from countermand.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | told, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "" == done.stderr
    return done.stdout.split()


def test_completion(exchange_here: Served, tmp_path: Path) -> None:
    """Verbs, venues, profiles, and the markets and users of the exchange here."""
    Path("countermand.toml").write_text("[profiles.desk]\n[profiles.paper]\n")
    Path("countermand.toml").chmod(0o600)
    try:
        assert ["cancel", "cancel-all"] == complete("canc")
        assert sorted(VENUES) == sorted(complete("cancel", ""))
        assert ["ETH-PERP", "ETH-USDC"] == complete("book", VENUE, "ETH")
        assert ["alice", "bob"] == complete("orders", VENUE, "--user", "")[:2]
        assert ["desk", "paper"] == complete("orders", VENUE, "--profile", "")
        Path("countermand.toml").chmod(0o644)
        assert [] == complete("orders", VENUE, "--profile", "")
    finally:
        Path("countermand.toml").unlink()


def test_an_exchange_behind_tls(tmp_path: Path) -> None:
    """Is found and reached with the certificate that signed its own, and not without."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = ("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    calls = Calls()
    (tmp_path / "home").mkdir()

    with home(tmp_path / "home"), Served(None, "--venue", VENUE, *tls):
        without = calls("balances", VENUE)
        with_it = calls("balances", VENUE, "--tls-ca", tmp_path / "ca.pem")
        no_file = calls("balances", VENUE, "--tls-ca", tmp_path / "none.pem")
        no_pem = calls("balances", VENUE, "--tls-ca", Path(__file__))

    assert (7, True) == (without.code, "CERTIFICATE_VERIFY_FAILED" in without.err)
    assert 0 == with_it.code
    assert [2, 2] == [no_file.code, no_pem.code]
    assert [1, 1] == [len(one.err.splitlines()) for one in (no_file, no_pem)]
