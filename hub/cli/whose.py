"""Which hub a verb is about: production's, told by the environment, or a sandbox."""

from pathlib import Path

from hub.app import publication
from hub.cli.estate import settings_of
from hub.cli.options import folder_of
from hub.settings import Settings, environment, read_settings


def chosen_settings(data_dir: Path | None) -> Settings:
    """Return the settings of the hub a verb is about.

    Args:
        data_dir: A sandbox named on the command line, which goes before the environment.

    Raises:
        Misconfigured: The environment speaks of a hub, and something in it is wrong.
        NotRunning: It does not, and no sandbox runs in that folder.
    """
    sent = environment()
    if data_dir is None and "HUB_DATABASE_URL" in sent:
        return read_settings(sent, publication.connector_modules())
    return settings_of(folder_of(data_dir))
