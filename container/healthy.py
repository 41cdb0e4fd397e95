"""Exit with 0 where this user's newest server takes commands, else with 1 and the reason."""

from __future__ import annotations

import ssl
import sys
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from countermand import announce

_TIMEOUT_S = 4


def fault() -> str:
    """Return what is wrong, or nothing."""
    server = announce.find()
    if server is None:
        return "no server has announced itself"
    where = urlsplit(server.control)
    connection = HTTPConnection(where.netloc, timeout=_TIMEOUT_S)
    if where.scheme == "https":
        # It is this machine that is asked, under a name that its certificate need not have.
        unchecked = ssl._create_unverified_context()  # noqa: S323, SLF001  (see above)
        connection = HTTPSConnection(where.netloc, timeout=_TIMEOUT_S, context=unchecked)
    try:
        connection.request("GET", "/health")
        answer = connection.getresponse()
        # 503 while no commands are taken, with what to do.
        return "" if answer.status == 200 else answer.read().decode()  # noqa: PLR2004  (the status OK)
    except (OSError, HTTPException) as error:
        return f"{server.control}: {error}"
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(fault() or 0)
