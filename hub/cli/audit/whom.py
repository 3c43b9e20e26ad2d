"""Whom a verb is about: a personal code by standard input; as an option in the sandbox alone."""

import sys
from pathlib import Path

import click

from hub.errors import BadRequest, Code
from hub.model.personal_code import PersonalCode
from hub.settings import environment

person_option = click.option(
    "--person", metavar="CODE", help="Sandbox only; else the code is read from standard input."
)


def read_person(given: str | None, data_dir: Path | None) -> PersonalCode:
    """Return the person named: other users of a machine can read options of a command.

    Raises:
        BadRequest: ``personal_code_invalid``, or ``parameter_invalid`` for an option outside the
            sandbox.
    """
    if given is not None:
        if data_dir is None and "HUB_DATABASE_URL" in environment():
            told = "`--person` is for the sandbox; send the code by standard input"
            raise BadRequest(Code.PARAMETER_INVALID, told)
        return PersonalCode.parse(given)
    if sys.stdin.isatty():
        return PersonalCode.parse(click.prompt("Personal code", hide_input=True, err=True).strip())
    return PersonalCode.parse(sys.stdin.readline().strip())
