"""
The yardstick: uvicorn answering an empty 200, and nothing else. `python -m bench.empty`.

It says its port on its standard output, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

import uvicorn

START = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
BODY = {"type": "http.response.body", "body": b""}


async def empty(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer an ASGI request."""
    await send(START)
    await send(BODY)


async def main() -> None:
    """Serve until the standard input ends."""
    bound = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            empty,
            loop="uvloop",
            http="httptools",
            lifespan="off",
            interface="asgi3",
            access_log=False,
            log_level="error",
            timeout_keep_alive=3_600,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    print(bound.getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = server.force_exit = True
    await serving


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
