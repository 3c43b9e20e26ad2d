"""What partners and officers wrote is shown as they wrote it, and moves no terminal."""

from datetime import UTC, datetime

import pytest
from rich.table import Table

from hub.audit.reconcile import Call
from hub.cli.audit.reconcile import words_of
from hub.cli.tables import print_table

HOSTILE = ["see [/foo] of the file", "[link=https://elsewhere.example]here[/link]", ":bomb: [red]x"]


@pytest.mark.parametrize("text", HOSTILE)
def test_words_in_brackets_stay_words(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("reason")
    table.add_row(text)
    print_table(table)
    assert text in capsys.readouterr().out


def test_a_credentials_name_moves_no_terminal() -> None:
    call = Call(
        at=datetime(2026, 11, 20, tzinfo=UTC),
        credential="hub\x1b]0;all is well\x07\u202e",
        reference="",
        persons=None,
        session="",
    )
    assert words_of(call) == "2026-11-20 00:00:00Z by hub?]0;all is well??"
