"""
The image's parts, as far as they can be looked at without a daemon that builds it: the Dockerfile
is read, and what it starts is started.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from fnmatch import fnmatch
from pathlib import Path
from stat import S_IMODE
from typing import Any, NamedTuple, Self

import pytest
import trustme
from tests.served import Served

from countermand import connect_sync
from countermand.control.client import Control
from countermand.control.row import ControlError

ROOT = Path(__file__).parents[1]
KNOWN = {
    "ARG", "FROM", "ENV", "WORKDIR", "COPY", "RUN", "LABEL", "USER", "VOLUME", "EXPOSE",
    "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT",
}  # fmt: skip
WAIT_S = 60


class Step(NamedTuple):
    """An instruction of the Dockerfile, and its stage, counted from 1; 0 is before the first."""

    stage: int
    word: str
    rest: str


def steps() -> list[Step]:
    """Return the instructions, continued lines in one."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line[:1] != "#"]
    found: list[Step] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            stage = found[-1].stage if found else 0
            found.append(Step(stage + (word == "FROM"), word, rest.strip()))
    return found


def last_stage(word: str) -> list[str]:
    """Return what the image's own stage says under a word."""
    told = steps()
    return [step.rest for step in told if step.word == word and step.stage == told[-1].stage]


def test_every_instruction_is_one() -> None:
    """Each has a word that is known and something behind it; two stages, the first one named."""
    told = steps()

    assert [] == [step for step in told if step.word not in KNOWN or not step.rest]
    assert ["${PYTHON_IMAGE} AS build", "${PYTHON_IMAGE}"] == [
        step.rest for step in told if step.word == "FROM"
    ]
    [image] = [step.rest for step in told if step.stage == 0]
    assert re.fullmatch(r"PYTHON_IMAGE=python:3\.1[1-4]\.\d+-slim-\w+", image)


def test_the_images_user_volume_and_health_check() -> None:
    """A user without rights, by number; one volume, which is that user's; a check of its health."""
    [user], [volume], [health] = map(last_stage, ("USER", "VOLUME", "HEALTHCHECK"))
    [made] = last_stage("RUN")

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    assert f"--owner={user.split(':')[0]}" in made
    assert made.endswith(volume)
    assert f"COUNTERMAND_DATA={volume}" in last_stage("ENV")[0]
    assert re.search(r'CMD \["python", ".*/healthy\.py"\]$', health)
    ports = {int(port) for port in last_stage("EXPOSE")[0].split()}
    assert set(range(8100, 8106)) == ports


def test_copied_sources_exist() -> None:
    """Each copied source is in the repository and in the build's context, and no other is."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] != "#"]
    sent = {rule[1:] for rule in rules if rule.startswith("!")}
    copies = [shlex.split(step.rest) for step in steps() if step.word == "COPY"]
    sources = [
        Path(name.removeprefix("./"))
        for words in copies
        if not words[0].startswith("--from")
        for name in words[:-1]
    ]

    assert "*" == rules[0]
    assert [] == [name for name in sources if not (ROOT / name).exists()]
    assert {name.parts[0] for name in sources} == sent
    for secret in ("countermand-data", ".git", ".venv", "world.toml"):
        assert not any(fnmatch(secret, name) for name in sent)
    for path in (*json.loads(last_stage("ENTRYPOINT")[0]), "healthy.py"):
        assert (ROOT / "container" / Path(path).name).exists()
    assert os.access(ROOT / "container" / "start", os.X_OK)


def test_installed_packages_are_locked() -> None:
    """As in `make serve`: wheels by their hashes, without resolving."""
    locked = "--no-deps --require-hashes --only-binary :all:"
    installs = [step.rest for step in steps() if "pip install" in step.rest]

    assert installs[0].endswith(f"{locked} -r requirements.lock")
    assert installs[1].endswith("pip install --no-build-isolation --no-deps .")
    assert f"LOCKED := {locked}\n" in (ROOT / "Makefile").read_text()


class Contained:
    """What the image starts, as it starts it, on a volume and ports of the test's own."""

    def __init__(self, volume: Path, *arguments: str, **more: str) -> None:
        runtime = volume.parent / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.env = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT / "src"),
            "COUNTERMAND_DATA": str(volume),
            "COUNTERMAND_CONTROL_TOKEN_FILE": str(volume / "exchange" / "control-token"),
            "XDG_RUNTIME_DIR": str(runtime),
            **more,
        }
        command = [str(ROOT / "container" / "start"), "--port", "0", *arguments]
        self.process = subprocess.Popen(
            command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def __enter__(self) -> Self:
        until = time.monotonic() + WAIT_S
        while self.healthy().returncode and self.process.poll() is None:
            assert time.monotonic() < until, "it never became healthy"
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> tuple[int, str]:
        """Stop it as a daemon does; return its exit code and all it said."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=WAIT_S)
        return self.process.returncode, (out + err).decode()

    def healthy(self) -> subprocess.CompletedProcess[str]:
        """Check its health, as the image says."""
        return self._run(sys.executable, str(ROOT / "container" / "healthy.py"))

    def countermand(self, *words: str) -> Any:
        """Run a verb within, and return what it answers in JSON."""
        done = self._run(sys.executable, "-m", "countermand", *words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """An empty volume."""
    made = tmp_path / "volume"
    made.mkdir(mode=0o700)
    return made


def test_a_first_start_and_the_next(volume: Path) -> None:
    """It makes a world, is healthy and reachable, tells no secret in its log, and keeps it all."""
    with Contained(volume, COUNTERMAND_USERS="ann,ben", COUNTERMAND_OPEN_ORDERS="2") as running:
        told = running.countermand("accounts", "ann")
        for name, venue in told["venues"].items():
            with connect_sync(name, venue["base_url"], venue["accounts"]["ann"]) as ann:
                assert ann.balances(), name
        with pytest.raises(ControlError):
            Control(told["control"]).status()
        running.countermand("ctl", "credit", "coinbase-intx", "ann", "USDC", "1")
        code, said = running.stop()
        ill = running.healthy()
    world, token = volume / "world.toml", volume / "exchange" / "control-token"
    text = world.read_text()
    secrets = re.findall(
        r'^(?:secret|password|passphrase|private_key)\w* = "(.+)"$', text, re.MULTILINE
    )
    with Contained(volume, COUNTERMAND_USERS="cy") as running:
        again = running.countermand("ctl", "account", "coinbase-intx", "ann")

    assert (0, 1, "no server has announced itself\n") == (code, ill.returncode, ill.stderr)
    assert [0o600, 0o600] == [S_IMODE(path.stat().st_mode) for path in (world, token)]
    assert len(secrets) > 8
    assert [] == [secret for secret in (*secrets, token.read_text().strip()) if secret in said]
    assert f"its users' secrets are in {world}" in said
    assert text == world.read_text()
    assert "open_orders_max = 2" in text
    assert "10000001" == next(one["total"] for one in again["balances"] if one["asset"] == "USDC")


def test_a_volume_whose_world_is_gone(volume: Path) -> None:
    """The exchange goes on with the world it keeps, and none is made."""
    with Contained(volume) as running:
        before = running.countermand("accounts")["venues"]
    (volume / "world.toml").unlink()
    with Contained(volume) as running:
        after = running.countermand("accounts")["venues"]

    assert not (volume / "world.toml").exists()
    assert {name: told["accounts"] for name, told in before.items()} == {
        name: told["accounts"] for name, told in after.items()
    }


def test_a_start_that_cannot_be(volume: Path) -> None:
    """Says why in its log, and is not there."""
    with Served(volume / "exchange"):
        pass
    with Contained(volume) as running:
        code, said = running.stop()

    assert (2, 1) == (code, len(said.splitlines())), said
    assert "the demo's published keys, so only loopback may be bound" in said


def test_health_over_tls(volume: Path) -> None:
    """Whatever name the certificate has."""
    authority = trustme.CA()
    cert = authority.issue_cert("exchange.example")
    cert.private_key_and_cert_chain_pem.write_to_path(str(volume / "server.pem"))
    pem = str(volume / "server.pem")
    with Contained(volume, "--tls-cert", pem, "--tls-key", pem) as running:
        assert 0 == running.healthy().returncode


@pytest.mark.soak
def test_commands_of_the_build_stage(tmp_path: Path) -> None:
    """Run elsewhere, its commands install a server without a path into this repository."""
    prefix, source = tmp_path / "countermand", tmp_path / "source"
    source.mkdir()
    for name in ("requirements.lock", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "src", source / "src")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    for step in steps():
        if step.word == "RUN" and step.stage == 1:
            command = step.rest.replace("/opt/countermand", str(prefix))
            subprocess.run(["/bin/sh", "-c", command], cwd=source, env=env, check=True)
    volume = tmp_path / "volume"
    volume.mkdir()
    with Contained(volume, PATH=f"{prefix}/bin:/usr/bin:/bin", PYTHONPATH="") as running:
        assert 0 == running.healthy().returncode
