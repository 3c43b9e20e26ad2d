from datetime import date
from pathlib import Path

from hub.cli.estate import AUDIENCE, WITNESSES, Estate, keep, settings_of
from hub.sandbox.data_dir import DataDir
from hub.sandbox.state import State, write_state


def test_a_sandbox_asks_the_witnesses_in_its_folder_if_there_are_any(tmp_path: Path) -> None:
    folder = DataDir(tmp_path).open().path
    write_state(folder, State(issuer="", hub="", audience=AUDIENCE))
    estate = Estate(
        server_url="",
        owner_url="",
        database_url="",
        redis_url="",
        registers={},
        issuer="",
        host="127.0.0.1",
        port=8000,
        today=date(2026, 11, 20),
    )
    keep(folder, estate)
    assert settings_of(folder).log_witnesses_file is None
    (folder / WITNESSES).write_text("[]")
    assert settings_of(folder).log_witnesses_file == folder / WITNESSES
