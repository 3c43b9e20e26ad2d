"""Options that several verbs share."""

from pathlib import Path

import click

data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the sandbox.  [default: .demo]",
)


def folder_of(data_dir: Path | None) -> Path:
    """Return the folder named by the option, or ``.demo`` of the present folder."""
    return (data_dir or Path.cwd() / ".demo").resolve()
