"""`python -m infra.local.atlas FOLDER FERRETDB HOST PORT`: the emulator, until it is ended.

The folder holds `access.json` with the key to take; all that the emulator knows and stores goes there as well.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import sys
import threading
from pathlib import Path

from werkzeug.serving import make_server

from infra import atlas_api
from infra.local.atlas import scheduler
from infra.local.atlas.app import Emulator
from infra.local.atlas.databases import Databases
from infra.local.atlas.identity import Identity
from infra.local.atlas.store import Store


def main(folder: Path, binary: Path, host: str, port: int) -> None:
    """Serve for ever."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # each connection is two
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store = Store(folder / "state.json")
    databases = Databases(store, folder, binary, host)
    known = json.loads((folder / "access.json").read_text())
    identity = Identity(*(known[name] for name in atlas_api.KEY))
    emulator = Emulator(store, databases, identity)
    server = make_server(host, port, emulator, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    threading.Thread(target=scheduler.run, args=(emulator,), daemon=True).start()
    asyncio.run(databases.run())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
