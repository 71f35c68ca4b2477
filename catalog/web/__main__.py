"""The web process: serves on a socket that the supervisor holds (its number is the argument)."""

from __future__ import annotations

import sys

import uvicorn


def main() -> None:
    """Serve until told to stop."""
    config = uvicorn.Config(
        "catalog.web.app:create_app",
        factory=True,
        fd=int(sys.argv[1]),
        loop="uvloop",
        log_level="warning",
        proxy_headers=True,
        server_header=False,
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
