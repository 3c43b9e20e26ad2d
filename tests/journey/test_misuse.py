"""A day with misuse in it: searched by the job, told to officers, closed with a reason."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from hub.app.clock import SystemClock
from hub.cli.audit.verbs import command
from hub.cli.day import live_through
from hub.cli.estate import estate_of
from hub.errors import BadRequest, Code, Misconfigured
from hub.sandbox.traffic import day as traffic
from hub.sandbox.traffic.people import residents
from tests.journey.town import PERSONAS, Town, codes

OFFICER, OF_RIGA = ("dpo", "DVI-2026-001"), ("dpo-riga", "DVI-2026-003")
REASON = "the quarterly review of look-ups"
ASKED = """
query Findings($reason: String!, $closed: Boolean! = false, $first: Int, $after: String) {
  findings(reason: $reason, includeClosed: $closed, first: $first, after: $after) {
    findings {
      id kind text textLv recipient official client agreement case open closedReason entries
      operations measured { name number } thresholds { name number }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
CLOSE = """
mutation Close($id: String!, $reason: String!) { closeFinding(id: $id, reason: $reason) { id } }
"""
EXPECTED = {
    ("OWN_CODE", "RD-105"),
    ("COLLEAGUE", "RD-104"),
    ("OUT_OF_HOURS", "RD-107"),
    ("VOLUME", "RD-102"),
    ("WITHOUT_CASE", "RD-102"),
    ("ENUMERATION", "IZG-12"),
    ("VIP", "RD-103"),
    ("STATUS_SWEEP", None),
}


def run(town: Town, *words: str, sent: str | None = None) -> Result:
    return CliRunner().invoke(command, [*words, "--data-dir", str(town.data_dir)], input=sent)


def done(town: Town, *words: str, sent: str | None = None) -> str:
    result = run(town, *words, sent=sent)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout.strip()


def detected(town: Town) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(done(town, "detect", "--json"))
    return found


@pytest.fixture(scope="module")
def misused(served: Town) -> Iterator[Mapping[str, Any]]:
    """The town after a day of misuse; what the first search came to."""
    yesterday = traffic.working_day(SystemClock().today())
    homes = asyncio.run(residents(f"{estate_of(served.data_dir).server_url}/registers", 1_000))
    acts = sorted(traffic._misuse(yesterday, homes, Random(1)), key=lambda act: act.at)
    asyncio.run(live_through(served.settings, acts))
    rows = [f"{of},{name},{code}" for (of, name), code in traffic.officials(homes).items()]
    sent = "\n".join(["institution,official,personal_code", *rows])
    assert done(served, "officials", "import", "-", sent=sent) == f"{len(rows)} officials kept"
    assert done(served, "vip", "add", sent=PERSONAS["imants"]).startswith("1 added")
    until_sequenced(served, len(acts))
    yield detected(served)
    done(served, "vip", "remove", sent=PERSONAS["imants"])


def until_sequenced(town: Town, least: int) -> None:
    for _ in range(50):
        found = json.loads(done(town, "detect", "--json", "--kind", "own_code"))
        if found["looks"] >= least - 5:
            return
        time.sleep(0.3)
    raise AssertionError(found["looks"])


def ask(town: Town, who: tuple[str, str], **variables: object) -> httpx.Response:
    client, agreement = who
    return town.ask(ASKED, {"reason": REASON, **variables}, client=client, agreement=agreement)


def findings(town: Town, who: tuple[str, str], **variables: object) -> list[Mapping[str, Any]]:
    page: list[Mapping[str, Any]] = data(ask(town, who, **variables))["findings"]["findings"]
    return page


def data(answer: httpx.Response) -> Any:  # noqa: ANN401 — JSON
    assert codes(answer) == []
    return answer.json()["data"]


def test_every_seeded_kind_is_found(served: Town, misused: Mapping[str, Any]) -> None:
    found = {(each["kind"].upper(), each["official"]) for each in misused["findings"]}
    assert found >= EXPECTED
    assert misused["opened"] >= len(EXPECTED) - 1  # own_code was searched for before


def test_found_again_is_not_found_anew(served: Town, misused: Mapping[str, Any]) -> None:
    again = detected(served)
    assert again["opened"] == 0
    assert {each["id"] for each in misused["findings"]} <= {e["id"] for e in again["findings"]}


def test_people_read_a_table(served: Town, misused: Mapping[str, Any]) -> None:
    text = done(served, "detect", "--kind", "vip", "--kind", "own_code")
    assert "vip" in text
    assert "RD-LD RD-103" in text
    assert "enumeration" not in text
    assert text.splitlines()[-1].endswith("known")
    today = SystemClock().today()
    later = done(served, "detect", "--since", str(today), "--kind", "vip")
    assert "RD-103" not in later  # other tests may have looked today
    assert run(served, "detect", "--reason", "short").exception
    backwards = run(served, "detect", "--since", str(today), "--until", "2026-01-01").exception
    assert isinstance(backwards, BadRequest)
    assert backwards.code is Code.WINDOW_INVALID


def test_a_finding_is_reproduced_from_what_it_cites(
    served: Town, misused: Mapping[str, Any]
) -> None:
    kinds = {each["kind"]: each["id"] for each in misused["findings"]}
    for finding in kinds.values():
        assert done(served, "detect", "--reproduce", finding) == "it holds"
    assert run(served, "detect", "--reproduce", "0" * 32).exit_code == 2


def test_whoever_left_the_list_is_not_sought_any_more(
    served: Town, misused: Mapping[str, Any]
) -> None:
    (finding,) = [
        each["id"]
        for each in misused["findings"]
        if (each["kind"], each["official"]) == ("vip", "RD-103")
    ]
    done(served, "vip", "remove", sent=PERSONAS["imants"])
    result = run(served, "detect", "--reproduce", finding, "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (1, {"holds": False})
    done(served, "vip", "add", sent=PERSONAS["imants"])


def test_the_hubs_officer_reads_all_and_the_institutions_its_own(
    served: Town, misused: Mapping[str, Any]
) -> None:
    told = findings(served, OFFICER, first=100)
    assert {(each["kind"], each["official"]) for each in told} >= EXPECTED
    own = findings(served, OF_RIGA, first=100)
    assert {each["recipient"] for each in own} == {"RD-LD"}
    assert [each for each in told if each["recipient"] == "RD-LD"] == own
    (one,) = [each for each in own if (each["kind"], each["official"]) == ("OWN_CODE", "RD-105")]
    assert one["text"] == ("official RD-105 (RD-LD) looked up their own personal code (times: 1)")
    assert one["measured"] == [
        {"name": "lookUps", "number": 1},
        {"name": "persons", "number": 1},
    ]
    assert one["thresholds"] == [{"name": "look_ups", "number": 1}]
    assert len(one["operations"]) == one["entries"] == 1


def test_nothing_told_names_a_person(served: Town, misused: Mapping[str, Any]) -> None:
    text = ask(served, OFFICER, first=100).text + json.dumps(misused)
    for code in (*PERSONAS.values(), *served.everybody()):
        assert code not in text
        assert code.replace("-", "") not in text


def test_the_question_is_an_entry_with_its_reason(served: Town, misused: Mapping[str, Any]) -> None:
    answer = ask(served, OFFICER)
    ((opened, _),) = served.log_of(answer)
    assert (opened["decision"], opened["question"], opened["reason"]) == (
        "accountability",
        ["findings"],
        REASON,
    )


def test_pages_go_on(served: Town, misused: Mapping[str, Any]) -> None:
    whole = findings(served, OFFICER, first=100)
    found: list[Mapping[str, Any]] = []
    after = None
    while True:
        page = data(ask(served, OFFICER, first=3, after=after))["findings"]
        found += page["findings"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert found == whole
    assert codes(ask(served, OF_RIGA, first=3, after=after)) == ["cursor_invalid"]
    assert codes(ask(served, OFFICER, first=101)) == ["page_invalid"]
    assert codes(ask(served, OFFICER, reason="short")) == ["reason_invalid"]


def test_whoever_exchanges_data_reads_no_findings(served: Town) -> None:
    answer = ask(served, ("riga-social-service", "RSD-2026-001"))
    assert codes(answer) == ["oversight_missing"]


def test_a_finding_is_closed_once_with_a_reason(served: Town, misused: Mapping[str, Any]) -> None:
    kinds = {each["kind"]: each["id"] for each in misused["findings"]}

    def close(
        who: tuple[str, str], finding: str, reason: str = "on duty that night"
    ) -> httpx.Response:
        variables = {"id": finding, "reason": reason}
        return served.ask(CLOSE, variables, client=who[0], agreement=who[1])

    assert codes(close(OF_RIGA, kinds["enumeration"])) == ["finding_unknown"]
    assert codes(close(OF_RIGA, kinds["out_of_hours"], "short")) == ["reason_invalid"]
    closed = close(OF_RIGA, kinds["out_of_hours"])
    assert data(closed)["closeFinding"]["id"] == kinds["out_of_hours"]
    ((opened, _),) = served.log_of(closed)
    assert opened["decision"] == "oversight"
    assert codes(close(OF_RIGA, kinds["out_of_hours"])) == ["finding_unknown"]
    left = findings(served, OF_RIGA, first=100)
    assert kinds["out_of_hours"] not in {each["id"] for each in left}
    every = findings(served, OF_RIGA, first=100, closed=True)
    (told,) = [each for each in every if each["id"] == kinds["out_of_hours"]]
    assert (told["open"], told["closedReason"]) == (False, "on duty that night")
    assert detected(served)["reopened"] == 0


def test_officials_are_listed_without_codes(served: Town, misused: Mapping[str, Any]) -> None:
    text = done(served, "officials", "list", "RD-LD")
    assert "RD-103" in text
    assert not any(code in text for code in PERSONAS.values())
    assert done(served, "officials", "remove", "RD-LD", "RD-999") == "there is none"


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ("institution,personal_code\n", "-:1: columns are"),
        ("institution,official,personal_code\nRD-LD,1,270185-1234\n", "<stdin>:2: not a well"),
        ('{"institution": "RD-LD"}\n', "<stdin>:1: not a well"),
        ("{nothing\n", "<stdin>:1: not a JSON object"),
    ],
)
def test_a_wrong_line_is_told_without_what_it_says(served: Town, sent: str, problem: str) -> None:
    failure = run(served, "officials", "import", "-", sent=sent).exception
    assert isinstance(failure, Misconfigured)
    assert problem.split(":", 1)[1] in failure.problems[0]
    assert "270185" not in str(failure)


def test_a_code_is_never_an_argument(served: Town) -> None:
    assert run(served, "vip", "add", PERSONAS["imants"]).exit_code == 2
    failure = run(served, "vip", "add", sent="not a code").exception
    assert isinstance(failure, Misconfigured)
    assert done(served, "vip", "list").count("-") == 2 * len(done(served, "vip", "list").split())
