"""What `countermand serve` shows on a terminal, and what it does not."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from tests.terminal import Terminal

from countermand.venues import VENUES

SERVE = ("serve", "--ephemeral", "--port", "0")
COLOR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True)
def _runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_a_start_is_a_few_lines() -> None:
    """Where everything is, and how to learn what a client needs; in color, without a secret."""
    with Terminal(*SERVE) as terminal:
        shown = terminal.read_until("accounts alice")
        code = terminal.stop()

    lines = COLOR.sub("", shown).splitlines()
    assert 0 == code
    assert [*VENUES, "control"] == [line.split()[0] for line in lines[:6]]
    assert 7 == len(lines)
    assert max(map(len, lines)) <= 150
    assert COLOR.search(shown)
    assert "alice-demo" not in shown


def test_the_readme_shows_what_a_start_shows() -> None:
    """Only ports, directory and the program's name differ."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    [block] = re.findall(r"```\n(deltadefi .*?)```", readme, re.DOTALL)
    with Terminal(*SERVE) as terminal:
        terminal.read_until("accounts alice")
        terminal.stop()

    shown = COLOR.sub("", terminal.text).splitlines()[:7]
    assert list(map(common, block.splitlines())) == list(map(common, shown))


def common(line: str) -> str:
    """Return of a line what does not depend on how it came about."""
    line = re.sub(r"stops; .*\)", "stops)", re.sub(r":\d+", ":", line))
    return re.sub(r"(alice.*: )\S+( -m countermand)?", r"\1", line)


def test_logs_are_text_to_read() -> None:
    """One short line for each event, its level in color."""
    with Terminal(*SERVE) as terminal:
        shown = terminal.read_until("accounts alice")
        url = re.search(r"coinbase-intx\S*\s+(http\S+)", COLOR.sub("", shown))
        assert url is not None
        with pytest.raises(HTTPError, match="401"):
            urlopen(f"{url[1]}/api/v1/portfolios")
        shown = terminal.read_until("why=")
        terminal.stop()

    text = COLOR.sub("", terminal.text)
    assert re.search(
        r"^\d\d:\d\d:\d\d info    not proven  venue=coinbase-intx ", text, re.MULTILINE
    )
    assert re.search(r"^\d\d:\d\d:\d\d info    stopped  seq=\d+", text, re.MULTILINE)


def test_json_and_no_color_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR and `--log-format json` hold on a terminal too."""
    monkeypatch.setenv("NO_COLOR", "1")
    with Terminal(*SERVE, "--log-format", "json") as terminal:
        terminal.read_until("accounts alice")
        terminal.stop()

    assert not COLOR.search(terminal.text)
    assert "stopped" == json.loads(terminal.text.splitlines()[-1])["event"]


def test_elsewhere_it_is_a_list_and_json_lines() -> None:
    """In a pipe: the list of all keys, and logs as JSON; `--log-format text` gives text."""
    command = [sys.executable, "-m", "countermand", *SERVE, "--log-format"]
    for form, first in (
        ("auto", '{"time":'),
        ("text", r"\d\d:\d\d:\d\d info    "),
    ):
        with subprocess.Popen(
            [*command, form], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            lines = []
            while not lines or not lines[-1].startswith("control"):
                lines.append(process.stdout.readline())
            process.terminate()
            _, logged = process.communicate(timeout=30)
        assert any("alice-demo-passphrase" in line for line in lines)
        assert re.match(first, logged)
        assert "ready" in logged
        assert "\x1b" not in "".join(lines) + logged


def test_a_word_that_is_no_format_is_refused() -> None:
    """In one line."""
    command = [sys.executable, "-m", "countermand", "serve", "--log-format", "xml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    said = "countermand: --log-format xml is not one of auto, text, json\n"
    assert (2, said) == (done.returncode, done.stderr)
