"""The page tells the program that the tests build, and names every option it uses rightly."""

import re
from pathlib import Path

import click

from hub.cli.audit import verify, vkey, witness

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "verification.md").read_text()
COMMANDS: dict[str, click.Command] = {
    "verify": verify.command,
    "vkey": vkey.command,
    "witness": witness.command,
}


def test_the_program_shown_is_the_one_that_is_built() -> None:
    (shown,) = re.findall(r"```go\n(.*?)```", PAGE, re.DOTALL)
    program = (ROOT / "tests/service/audit/go/main.go").read_text()
    assert shown in program
    assert program.count("\n") < 300


def test_every_command_shown_exists() -> None:
    lines = re.findall(r"^\$ hub audit (\w+)((?:.*\\\n)*.*)$", PAGE, re.MULTILINE)
    assert {verb for verb, _ in lines} == set(COMMANDS)
    for verb, words in lines:
        known = {name for each in COMMANDS[verb].params for name in each.opts}
        assert set(re.findall(r"--[\w-]+", words.split("#")[0])) <= known


def test_every_decision_named_exists() -> None:
    for name in re.findall(r"\((decisions/[^)]+)\)", PAGE):
        assert (ROOT / "docs" / name).is_file()


def test_every_part_of_the_check_has_its_option_told() -> None:
    for option in ("--receipt", "--consistency", "--mirror", "--database", "--witness", "--vkey"):
        assert option in PAGE
