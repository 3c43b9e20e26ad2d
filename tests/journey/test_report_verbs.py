"""``hub audit report``: the same reports as commands, each on the log."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs

from hub.audit.reader import LogReader, opened
from hub.cli.audit.verbs import command
from hub.errors import Code, HubError
from hub.model.entry import SubjectEntry
from tests.journey.test_reports import LOOK
from tests.journey.town import PERSONAS, Town

SAID = ("--officer", "VDAA/dpo", "--reason", "the person asked for it in writing")


def run(town: Town, *words: str, sent: str | None = None) -> Result:
    with capture_logs():  # the whole program keeps them out of its output
        return CliRunner().invoke(
            command, ["report", *words, *SAID, "--data-dir", str(town.data_dir)], input=sent
        )


def told(town: Town, *words: str, sent: str | None = None) -> Any:  # noqa: ANN401 — JSON
    result = run(town, *words, "--json", sent=sent)
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def entered(town: Town, question: str) -> list[SubjectEntry | None]:
    """Return who is named by the last entry of an officer's question; it names the officer."""

    async def read(reader: LogReader) -> list[SubjectEntry | None]:
        store: Any = reader._store
        every = [e for writer in await store.writers() for e in await store.of_writer(writer)]
        mine = [e for e in every if opened(e).get("question") == [question]]
        mine = [e for e in mine if opened(e).get("official") == "VDAA/dpo"]
        last = max(mine, key=lambda each: each.at)
        return [await reader.reveal(e) for e in mine if e.operation_id == last.operation_id]

    return town.read_log(read)


def test_one_persons_report_as_json_and_as_a_page(served: Town, tmp_path: Path) -> None:
    person = PERSONAS["toms"]
    served.ask(LOOK, {"c": person})
    report = told(served, "person", sent=f"{person}\n")
    assert report["person"] == person
    (entry,) = entered(served, "subjectReport")
    assert entry
    assert entry.subject == person
    for language, words in (("lv", "Ko dara ar jūsu datiem"), ("en", "What is done with your")):
        file = tmp_path / f"{language}.html"
        written = run(
            served, "person", "--person", person, "--html", str(file), "--language", language
        )
        assert (written.exit_code, written.stdout) == (0, "")
        assert words in file.read_text()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_other_reports(served: Town, tmp_path: Path) -> None:
    records = told(served, "processing")["records"]
    assert "RSD-2026-001" in {each["agreement"] for each in records}
    asked = ("--register", "disability", "--field", "disability.group", "--since", "2026-01-01")
    report = told(served, "recipients", *asked, sent=f"{PERSONAS['toms']}\n")
    assert (report["register"]["register"], report["fields"]) == (
        "disability",
        ["disability.group"],
    )
    assert report["since"] == "2025-12-31T22:00:00Z"  # midnight in Rīga
    breached = ("breach", "--client", "riga-social-service", "--known-at", "2026-11-20T08:30:00Z")
    report = told(served, *breached)
    assert report["codes"] is None
    assert report["notify_by"] == "2026-11-23T08:30:00Z"
    assert entered(served, "breachReport") == [None]
    local = run(served, *breached[:-1], "2026-11-20T08:30:00", "--html", str(tmp_path / "b.html"))
    assert local.exit_code == 0, local.exception
    assert "2026-11-20 08:30" in (tmp_path / "b.html").read_text()  # Rīga, without a Z


def test_whom_to_tell_of_a_breach_is_listed_and_each_is_entered(served: Town) -> None:
    strangers = served.strangers(2)
    for person in strangers:
        served.ask(LOOK, {"c": person})
    for _ in range(20):
        report = told(served, "breach", "--client", "riga-social-service", "--codes")
        assert len(report["codes"]) == report["persons"]
        if set(strangers) <= set(report["codes"]):
            break  # the sequencer has placed them
    assert set(strangers) <= set(report["codes"])
    assert {each.subject for each in entered(served, "breachReport") if each} == set(
        report["codes"]
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("breach",), Code.PARAMETER_INVALID),
        (("breach", "--from", "2026-02-01", "--to", "2026-01-01"), Code.WINDOW_INVALID),
        (("person",), Code.PERSONAL_CODE_INVALID),
    ],
)
def test_what_cannot_be_reported_is_refused(
    served: Town, words: tuple[str, ...], code: Code
) -> None:
    failure = run(served, *words, sent="nobody\n").exception
    assert isinstance(failure, HubError)
    assert failure.code is code
