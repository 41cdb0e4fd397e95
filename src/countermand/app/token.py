"""
Token: what an operator brings where the control port is bound beyond loopback.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from countermand.app.config import Config, ConfigError, is_loopback

FILE_NAME = "control-token"

# A shorter token can be guessed.
_CHARACTERS_MIN = 16


def token_file(config: Config) -> Path | None:
    """
    Return the file with the token that the control port asks for; None where it asks for none.

    It is the one that was asked for, else, beyond loopback, one of the data directory, or of the
    directory for temporary files where nothing is kept; it is made if it is not there.
    Raises: ConfigError.
    """
    if config.control_token_file is not None:
        return config.control_token_file
    if is_loopback(config.host):
        return None
    made = secrets.token_urlsafe(32).encode()
    try:
        if config.data is None:
            file, name = tempfile.mkstemp(prefix=f"countermand-{FILE_NAME}-")
            path = Path(name)
        else:
            path = config.data / FILE_NAME
            if path.exists():
                return path
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as opened:
            opened.write(made + b"\n")
    except OSError as error:
        raise ConfigError(f"cannot make a token for the control port: {error}") from None
    return path


def read_token(path: Path) -> bytes:
    """Return the token in a file. Raises: ConfigError."""
    try:
        token = path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    if len(token) < _CHARACTERS_MIN or not token.isascii() or len(token.split()) != 1:
        raise ConfigError(f"{path}: a token is one word of {_CHARACTERS_MIN} characters or more")
    return token
