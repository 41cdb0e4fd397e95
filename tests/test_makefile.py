"""The Makefile, with a Python that installs nothing: what `make serve` says, and where."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Stands in for Python: makes a "virtual environment" of scripts that are as loud as pip can be.
PYTHON = r"""#!/bin/sh
echo "a word on stdout"
case "$2" in venv)
    mkdir -p "$3/bin"
    printf '#!/bin/sh\necho "No broken requirements found."\n' > "$3/bin/python"
    printf '#!/bin/sh\necho "{\\"event\\":\\"ready\\"}"; echo "$@" >&2\n' > "$3/bin/countermand"
    chmod +x "$3/bin/python" "$3/bin/countermand"
esac
"""


def test_stdout_is_what_the_server_says(tmp_path: Path) -> None:
    """On the first run, which installs, and on the next: a script can read the ready line."""
    python = tmp_path / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    make = shutil.which("make")
    assert make
    words = [f"VENV={tmp_path / 'venv'}", f"PYTHON={python}", "ARGS=--json --port 0"]

    first, second = (
        subprocess.run(
            [make, "serve", *words],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
            capture_output=True,
            text=True,
            check=True,
        )
        for _ in range(2)
    )

    assert '{"event":"ready"}\n' == first.stdout == second.stdout
    assert "installing into" in first.stderr
    assert "serve --json --port 0\n" == second.stderr
