"""A server whose disk is full: refused in the venue's words, read from, and resumed by itself."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.bot import Bot
from tests.disk import small_disk
from tests.served import Served, serve

VENUE = "coinbase-intx"
RESUMES_WITHIN_S = 20


def ask(url: str, method: str, path: str, **headers: str) -> tuple[int, str]:
    """Send a request without a body; return the status and the text."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def log_in(running: Served) -> tuple[int, str]:
    """Log in where a login is a change of keys."""
    venue = running.venue("autoshares")
    return ask(
        venue["base_url"],
        "POST",
        "/token",
        **{
            "Et-App-Key": "countermand-demo-app-0001",
            "Username": "alice",
            "Password": "alice-demo-password",
        },
    )


def health(running: Served) -> tuple[int, dict[str, Any]]:
    """Ask how the server is."""
    status, text = ask(running.ready["control"], "GET", "/health")
    return status, json.loads(text)


def test_service_resumes_by_itself_when_room_returns(tmp_path: Path) -> None:
    """Refused meanwhile, not executed, without a path of the server's; nothing answered is lost."""
    with small_disk(tmp_path / "disk", 48) as disk:
        data = disk.path / "data"
        with Served(data) as running:
            bot = Bot(running.venue(VENUE), "alice")
            assert (200, True) == (log_in(running)[0], health(running)[1]["taking_commands"])
            disk.fill(leave_bytes=300_000)
            placed, status, answer = [], 200, {}
            while status == 200:
                status, answer = bot.place(f"o{len(placed)}", "BUY", "2700", "0.01")
                placed += [answer["order_id"]] if status == 200 else []
            refused, login = bot.cancel(placed[0]), log_in(running)
            assert (503, 503, 500) == (status, refused[0], login[0])
            assert "was not executed" in refused[1]["message"]
            assert "was not executed" in login[1]
            assert str(tmp_path) not in json.dumps([answer, refused, login])
            assert "WORKING" == bot.get(placed[0])[1]["order_status"]
            status, told = health(running)
            assert (503, False) == (status, told["taking_commands"])
            assert "no room left to write" in told["reason"]
            assert "make room" in told["advice"]

            disk.make_room()
            until = time.monotonic() + RESUMES_WITHIN_S
            while not health(running)[1]["taking_commands"]:
                assert time.monotonic() < until
                time.sleep(0.05)
            assert 200 == log_in(running)[0]
            assert "CANCELED" == bot.cancel(placed[0])[1]["event_type"]
            placed.append(bot.place("after", "BUY", "2700", "0.01")[1]["order_id"])
            bot.close()
            code, logged = running.stop()
        events = [json.loads(line)["event"] for line in logged.splitlines()]
        assert (0, False) == (code, "traceback" in logged)
        assert [1, 1] == [
            events.count("no more commands are taken"),
            events.count("commands are taken again"),
        ]
        with Served(data) as again:
            bot = Bot(again.venue(VENUE), "alice")
            states = [bot.get(order_id)[1]["order_status"] for order_id in placed]
            bot.close()
        assert ["DONE", *["WORKING"] * (len(placed) - 1)] == states
        verify = [sys.executable, "-m", "countermand", "journal", "verify", str(data)]
        assert 0 == subprocess.run(verify, capture_output=True, check=False).returncode


@pytest.mark.parametrize("is_full", [True, False])
@pytest.mark.parametrize("exists", [True, False])
def test_a_start_without_room_is_refused_in_one_line(
    tmp_path: Path, exists: bool, is_full: bool
) -> None:
    """Full or read only, before anything was ever there or after."""
    with small_disk(tmp_path / "disk", 16) as disk:
        data = disk.path / "data"
        if exists:
            with Served(data, "--venue", VENUE):
                pass
        if is_full:
            disk.fill()
        else:
            disk.make_read_only()
        done = serve("--data", str(data), "--port", "0", "--venue", VENUE, "--log-level", "error")

    lines = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert (1, 1) == (done.returncode, len(lines)), done.stderr
    assert "Traceback" not in done.stderr
