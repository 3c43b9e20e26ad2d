"""``python -m hub.cli.hub_process``: the sandbox's hub as its own process."""

import importlib

from hub.app.absent import without
from hub.app.collector import waiting

if __name__ == "__main__":
    with waiting():  # what it needs is imported here, and not before
        with without("rich", "greenlet"):
            hub = importlib.import_module("hub.cli.sandbox_hub")
        hub.main()
