"""Announcements: a user's programs find that user's running servers, and nothing else."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from countermand import announce
from countermand.announce import Announcement, announced, find, running

VENUES = {"acme": {"base_url": "http://127.0.0.1:9001", "accounts": {}, "markets": []}}


def server(port: int = 9000, started_ns: int = 1, pid: int = 0) -> Announcement:
    """A server as it would announce itself."""
    return Announcement(pid or os.getpid(), started_ns, f"http://127.0.0.1:{port}", VENUES)


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run-time directory of this test's own."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path / "countermand"


def test_a_server_is_found_while_it_runs(runtime: Path) -> None:
    """With all it announced, by a file that only its user can read."""
    assert [] == running()
    with announced(server()) as path:
        assert [server()] == running()
        assert path.parent == runtime
        assert (0o700, 0o600) == tuple(
            stat.S_IMODE(each.stat().st_mode) for each in (runtime, path)
        )
    assert [] == running()
    assert [] == list(runtime.iterdir())


def test_the_newest_comes_first_and_a_port_selects() -> None:
    """Whatever their ports and names are."""
    with announced(server(9100, 2)), announced(server(9300, 3)), announced(server(9200, 1)):
        assert [9300, 9100, 9200] == [one.port for one in running()]
        assert server(9300, 3) == find()
        assert server(9200, 1) == find(9200)
        assert find(9999) is None


def test_a_file_whose_server_was_killed_is_removed(runtime: Path) -> None:
    """No number of a process is believed: it may be another's by now."""
    text = (
        "import os, signal; from countermand.announce import *;"
        f"held = announced(Announcement({os.getpid()}, 1, 'http://127.0.0.1:9000', {{}}));"
        "held.__enter__(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", text], check=False)
    assert [f"{os.getpid()}-9000.json"] == [path.name for path in runtime.iterdir()]

    assert [] == running()
    assert [] == list(runtime.iterdir())


def test_a_server_of_a_later_version_is_passed_over(runtime: Path) -> None:
    """Its file stays."""
    with announced(server()) as path:
        path.write_bytes(b'{"other":1}')
        assert [] == running()
        assert path.exists()


def test_a_directory_that_others_can_use_is_not_used(runtime: Path, tmp_path: Path) -> None:
    """Nor what a link leads to: both may be of another user's making."""
    runtime.mkdir()
    runtime.chmod(0o755)
    with pytest.raises(PermissionError, match="not a directory of this user alone"):
        announced(server()).__enter__()
    runtime.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    runtime.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError, match="not a directory of this user alone"):
        announced(server()).__enter__()
    assert [] == running()


@pytest.mark.parametrize("named", ["", "relative", "/nonexistent"])
def test_without_a_run_time_directory(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is one named by the user's number, where temporary files are."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", named)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert tmp_path / f"countermand-{os.geteuid()}" == announce.directory()
    with announced(server()):
        assert [server()] == running()


def test_another_users_announcement_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file could lead a client with its secrets to another user's server."""
    with announced(server()):
        monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)
        assert [] == running()
