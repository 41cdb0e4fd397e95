"""
`countermand serve` from outside: the ready line, restarts, stops, limits, and what it refuses to
do.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import threading
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
import trustme
from tests.bot import Bot
from tests.served import Served, demo_text, serve

from countermand.venues import VENUES

VENUE = "coinbase-intx"


@pytest.fixture(scope="module")
def served() -> Any:
    """One exchange for the tests that leave it as it was."""
    with Served(None) as running:
        yield running


@pytest.fixture
def alice(served: Served) -> Any:
    """Alice on that exchange."""
    bot = Bot(served.venue(VENUE), "alice")
    yield bot
    bot.cancel_all()
    bot.close()


def raw(served: Served, request: bytes) -> tuple[int, bytes]:
    """Send bytes as they are and return the status and body of the answer."""
    parts = urlsplit(served.venue(VENUE)["base_url"])
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as opened:
        opened.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += opened.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += opened.recv(65536)
    return int(head.split()[1]), body


def test_ready_names_everything(served: Served) -> None:
    """The ready line has the control port and, per venue, url, accounts and markets."""
    venue = served.venue(VENUE)

    assert {"event", "control", "venues"} == set(served.ready)
    assert "ready" == served.ready["event"]
    assert list(VENUES) == list(served.ready["venues"])
    assert {"alice", "bob"} == set(venue["accounts"])
    assert "BTC-PERP" in venue["markets"]


def test_control_tells_health_and_metrics(served: Served) -> None:
    """Control answers where the venues are, whether commands are taken, and counts."""
    with urlopen(f"{served.ready['control']}/health") as answer:
        health = json.load(answer)
    with urlopen(f"{served.ready['control']}/") as answer:
        index = json.load(answer)
    with urlopen(f"{served.ready['control']}/metrics") as answer:
        metrics = answer.read().decode()

    assert health["taking_commands"] is True
    assert served.venue(VENUE)["base_url"] == index["venues"][VENUE]
    assert "countermand_taking_commands 1.0" in metrics


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_restart_is_where_it_was(tmp_path: Path, how: str) -> None:
    """Stopped or killed, every answered order is back as it was."""
    with Served(tmp_path) as first:
        bot = Bot(first.venue(VENUE), "alice")
        _, kept = bot.place("kept", "BUY", "2700", "0.01")
        _, gone = bot.place("gone", "BUY", "2701", "0.01")
        bot.cancel("gone")
        before = [bot.get(order["order_id"])[1] for order in (kept, gone)]
        bot.close()
        getattr(first, how)()

    with Served(tmp_path) as second:
        bot = Bot(second.venue(VENUE), "alice")
        after = [bot.get(order["order_id"])[1] for order in (kept, gone)]
        again, _ = bot.place("kept", "BUY", "2700", "0.01")
        bot.close()

    assert before == after
    assert ["WORKING", "DONE"] == [order["order_status"] for order in after]
    assert 400 == again, "its client order id is still taken"


def test_a_stop_answers_what_is_open(tmp_path: Path) -> None:
    """SIGTERM in the middle of load: exit 0, and no request is left without an answer or lost."""
    with Served(tmp_path) as running:
        acknowledged: list[str] = []

        def trade() -> None:
            bot = Bot(running.venue(VENUE), "alice")
            try:
                for index in range(100_000):
                    status, order = bot.place(f"stop-{index}", "BUY", "2700", "0.01")
                    assert status == 200
                    acknowledged.append(order["order_id"])
            except OSError:
                bot.close()

        trader = threading.Thread(target=trade)
        trader.start()
        while len(acknowledged) < 50:
            trader.join(0.01)
        code, logged = running.stop()
        trader.join()

    assert 0 == code
    assert "stopped" in logged
    with Served(tmp_path) as again:
        bot = Bot(again.venue(VENUE), "alice")
        statuses = {bot.get(order_id)[1]["order_status"] for order_id in acknowledged[-50:]}
        bot.close()
    assert {"WORKING"} == statuses


def test_logs_are_json_lines_without_secrets(tmp_path: Path) -> None:
    """Every line decodes, and neither key material nor signatures are in any."""
    with Served(tmp_path) as running:
        account = running.venue(VENUE)["accounts"]["alice"]
        bot = Bot(running.venue(VENUE), "alice")
        bot.place("logged", "BUY", "2700", "0.01")
        bot.send("POST", "/api/v1/orders", b"{broken")
        bot.close()
        _, logged = running.stop()

    lines = [json.loads(line) for line in logged.splitlines()]
    assert "ready" in [line["event"] for line in lines]
    assert account["signing_key"] not in logged
    assert account["passphrase"] not in logged


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "text"),
    [
        ("POST", "/api/v1/orders", b"{broken", 400, "JSON"),
        ("POST", "/api/v1/orders", b"[1]", 400, "object"),
        ("POST", "/api/v1/orders", b'{"side":"\xff"}', 400, "JSON"),
        ("POST", "/api/v1/orders", b'{"side":7}', 400, "side"),
        ("POST", "/api/v1/orders", b" " * 70_000, 413, "65536"),
        ("GET", "/api/v1/nothing", b"", 404, "Not Found"),
        ("PATCH", "/api/v1/orders", b"", 405, "PATCH"),
        ("DELETE", "/api/v1/orders/%ff", b"", 400, "UTF-8"),
    ],
)
def test_bad_requests_get_the_venues_own_error(
    alice: Bot, method: str, path: str, body: bytes, status: int, text: str
) -> None:
    """A malformed request is refused in the venue's envelope, and no order changes."""
    answered, error = alice.send(method, path, body)

    assert status == answered
    assert {"title", "status", "error", "message"} == set(error)
    assert text.lower() in json.dumps(error).lower()


def test_headers_beyond_the_limit_are_refused(alice: Bot) -> None:
    """Sixteen KiB of headers are enough."""
    status, error = alice.send("GET", "/api/v1/portfolios", X_Filler="x" * 17_000)

    assert (413, 413) == (status, error["status"])


def test_half_a_request_is_none(served: Served, alice: Bot) -> None:
    """A client that goes away in the middle of its body has asked for nothing."""
    parts = urlsplit(served.venue(VENUE)["base_url"])
    before = alice.cancel_all()
    with socket.create_connection((parts.hostname, parts.port)) as opened:
        opened.sendall(
            b"POST /api/v1/orders HTTP/1.1\r\nhost: localhost\r\ncontent-length: 400\r\n\r\n{"
        )

    assert before == alice.cancel_all()
    assert 200 == alice.send("GET", "/api/v1/portfolios")[0]


def test_ping_answers_an_empty_200(served: Served) -> None:
    """The path the benchmark measures itself against, and probes can use."""
    assert (200, b"") == raw(served, b"GET /_countermand/ping HTTP/1.1\r\nhost: localhost\r\n\r\n")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--host", "0.0.0.0", "--ephemeral"), "loopback"),
        (("--venue", "nowhere", "--ephemeral"), "no venue is called 'nowhere'"),
        (("--world", "/nonexistent.toml", "--ephemeral"), "No such file"),
        (("--tls-cert", "x.pem", "--ephemeral"), "go together"),
        (("--tls-cert", "/no", "--tls-key", "/no", "--ephemeral"), "cannot use /no"),
        (("--data", "somewhere", "--ephemeral"), "--ephemeral keeps nothing"),
        (("--port", "70000", "--ephemeral"), "--port"),
    ],
    ids=["exposed", "venue", "world", "tls", "certificate", "ephemeral", "port"],
)
def test_refuses_in_one_line(arguments: tuple[str, ...], text: str) -> None:
    """Exit code 2 and one line, without a traceback."""
    done = serve(*arguments)

    assert 2 == done.returncode
    assert 1 == len(done.stderr.splitlines()), done.stderr
    assert text in done.stderr


def test_a_taken_port_is_named(served: Served) -> None:
    """A port in use is refused in one line."""
    port = urlsplit(served.ready["control"]).port
    done = serve("--ephemeral", "--port", str(port))

    assert 2 == done.returncode
    assert f"cannot bind 127.0.0.1:{port}" in done.stderr


def test_a_directory_is_served_once(tmp_path: Path) -> None:
    """A second server on the same directory is refused, and the first is not harmed."""
    with Served(tmp_path) as first:
        done = serve("--data", str(tmp_path), "--port", "0")
        bot = Bot(first.venue(VENUE), "alice")
        status, _ = bot.place("unharmed", "BUY", "2700", "0.01")
        bot.close()

    assert (1, 200) == (done.returncode, status)
    assert "is being served by process" in done.stderr


def free_ports(count: int) -> int:
    """
    Return the first of so many free ports in a row.

    They lie below those the kernel gives away, and each process begins its search elsewhere.
    """
    first = 10_000 + os.getpid() % 1000 * 20
    for port in range(first, 32_000, count):
        with ExitStack() as stack, suppress(OSError):
            for each in range(port, port + count):
                probe = stack.enter_context(socket.socket())
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", each))
            return port
    raise AssertionError(f"no {count} free ports in a row")


def test_ports_follow_the_control_port() -> None:
    """With --port P control is on P, and each venue on its port after it."""
    port = free_ports(6)
    with Served(None, "--port", str(port)) as running:
        control, venue = running.ready["control"], running.venue(VENUE)["base_url"]

    assert (port, port + 3) == (urlsplit(control).port, urlsplit(venue).port)


def test_tls(tmp_path: Path) -> None:
    """With a certificate the same exchange is served over TLS."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    cert, key, ca = tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "ca.pem"
    issued.cert_chain_pems[0].write_to_path(str(cert))
    issued.private_key_pem.write_to_path(str(key))
    authority.cert_pem.write_to_path(str(ca))
    with Served(None, "--tls-cert", str(cert), "--tls-key", str(key)) as running:
        url = running.venue(VENUE)["base_url"]
        context = ssl.create_default_context(cafile=str(ca))
        with urlopen(f"{url}/api/v1/instruments", context=context) as answer:
            instruments = json.load(answer)

    assert url.startswith("https://")
    assert "BTC-PERP" in [instrument["symbol"] for instrument in instruments]


def test_a_dead_connection_is_not_kept(served: Served) -> None:
    """After a body that is too large the connection closes: its rest was never read."""
    parts = urlsplit(served.venue(VENUE)["base_url"])
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request("POST", "/api/v1/orders", b" " * 200_000)
    response = connection.getresponse()
    response.read()
    connection.close()

    assert (413, "close") == (response.status, response.headers["connection"])


def test_a_full_disk_stops_commands_and_reads_go_on(tmp_path: Path) -> None:
    """Each refusal says whether the request was executed; what was answered before is there."""
    with Served(tmp_path, file_bytes_max=256 * 1024) as running:
        bot = Bot(running.venue(VENUE), "alice")
        placed, status, index = [], 200, 0
        while status == 200:
            status, answer = bot.place(f"full-{index}", "BUY", "2700", "0.01")
            placed += [answer["order_id"]] if status == 200 else []
            index += 1
        refused = bot.cancel(placed[0])
        read = bot.get(placed[0])
        health = HTTPConnection(urlsplit(running.ready["control"]).netloc)
        health.request("GET", "/health")
        unwell = health.getresponse()
        reason = json.load(unwell)["reason"]
        health.close()
        bot.close()

    assert (503, "is not known" in answer["message"]) == (status, True)
    assert 503 == refused[0]
    assert refused[1]["message"].startswith("Service unavailable - the request was not executed: ")
    assert (200, "WORKING") == (read[0], read[1]["order_status"])
    assert 503 == unwell.status
    assert reason

    with Served(tmp_path) as again:
        bot = Bot(again.venue(VENUE), "alice")
        statuses = {bot.get(order_id)[1]["order_status"] for order_id in placed}
        bot.close()
    assert {"WORKING"} == statuses


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('taker_fee_rate = "0.0004"', 'taker_fee_rate = "1.5"', "instrument BTC-PERP"),
        ('symbol = "ETH-PERP"', 'symbol = "BTC-PERP"', "name is taken"),
        ('BTC = "100"', 'BTC = "-100"', "amount not allowed"),
        ("window_s = 30", "window_s = -1", "window_s"),
    ],
)
def test_a_world_the_exchange_would_refuse_founds_nothing(
    tmp_path: Path, old: str, new: str, text: str
) -> None:
    """The world is tried out first: one line, and the directory stays empty for the next start."""
    demo = demo_text(VENUE)
    assert old in demo
    world, data = tmp_path / "world.toml", tmp_path / "data"
    world.write_text(demo.replace(old, new, 1))

    done = serve("--data", str(data), "--world", str(world), "--port", "0")

    assert (2, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
    assert text in done.stderr
    with Served(data) as running:
        assert "BTC-PERP" in running.venue(VENUE)["markets"]


def test_a_stop_does_not_wait_for_half_a_request() -> None:
    """A half request is refused, and the server stops with code 0."""
    with Served(None) as running:
        parts = urlsplit(running.venue(VENUE)["base_url"])
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as opened:
            opened.sendall(
                b"POST /api/v1/orders HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{"
            )
            code, logged = running.stop()
            answer = opened.recv(65536)

    assert 0 == code
    assert "traceback" not in logged
    assert answer.startswith(b"HTTP/1.1 400")


def test_a_head_without_end_is_cut(served: Served) -> None:
    """A head is bounded, so one client cannot fill the memory."""
    parts = urlsplit(served.venue(VENUE)["base_url"])
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as opened:
        opened.sendall(b"GET / HTTP/1.1\r\nx: ")
        with pytest.raises(OSError, match=r"reset|[Bb]roken pipe"):
            opened.sendall(b"x" * 200_000_000)
