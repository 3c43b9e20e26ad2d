"""The portal with a person's own token: what they consent and object to, and for whom."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from hub.sandbox.issuer.fetch import fetch_person_token
from tests.journey.test_consents import NGO, ask, hub, missing
from tests.journey.town import PERSONAS, Town, codes

RECORD = """id revision state inForce agreement recipient purpose document
  events { revision state spokenAs via operation notice language expiresAt }"""
SAID = f"id at changed consents {{ {RECORD} }} documents"
STOPS = "id changed stops { kind purpose agreement state endedAt decision { reason office } }"
MINE = f"""query($person: PersonalCode) {{ myConsents(personalCode: $person) {{
  consents {{ {RECORD} }} stops {{ kind purpose state }} }} }}"""
GIVE = f"""mutation($number: String!, $person: PersonalCode, $until: Date, $notice: String) {{
  giveConsent(agreement: $number, personalCode: $person, until: $until, notice: $notice,
              language: EN) {{ {SAID} }} }}"""
WITHDRAW = f"""mutation($number: String!, $person: PersonalCode) {{
  withdrawConsent(agreement: $number, personalCode: $person) {{ {SAID} }} }}"""
REFUSE = f"""mutation($number: String!, $person: PersonalCode) {{
  refuseConsent(agreement: $number, personalCode: $person) {{ {SAID} }} }}"""
OBJECT = f"""mutation($number: String!, $person: PersonalCode) {{
  objectTo(agreement: $number, personalCode: $person) {{ {STOPS} }} }}"""
WITHDRAW_OBJECTION = f"""mutation($number: String!, $person: PersonalCode) {{
  withdrawObjection(agreement: $number, personalCode: $person) {{ {STOPS} }} }}"""
RESTRICT = f"mutation {{ restrictProcessing {{ {STOPS} }} }}"
LIFT = f"""mutation($person: PersonalCode) {{
  liftRestriction(personalCode: $person) {{ {STOPS} }} }}"""
RESTED = """query($record: String!, $person: PersonalCode, $first: Int, $after: String) {
  consentDisclosures(record: $record, personalCode: $person, first: $first, after: $after) {
    nodes { at revision agreement recipient purpose registers categories }
    pageInfo { hasNextPage endCursor } } }"""
RSD = "RSD-2026-001"


class Portal:
    """The portal, once a person has logged in."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._tokens: dict[str, str] = {}

    def send(self, who: str, query: str, **variables: object) -> httpx.Response:
        code = PERSONAS[who]
        if code not in self._tokens:
            self._tokens[code] = fetch_person_token(self.town.data_dir, code)
        headers = {"authorization": f"Bearer {self._tokens[code]}"}
        return self.town.ask(query, variables, client=None, agreement=None, headers=headers)

    def told(self, who: str, query: str, **variables: object) -> Any:  # noqa: ANN401 — JSON
        response = self.send(who, query, **variables)
        assert codes(response) == [], response.text
        (answer,) = response.json()["data"].values()
        return answer

    def refused(self, who: str, query: str, **variables: object) -> list[str]:
        response = self.send(who, query, **variables)
        assert response.json().get("data") is None
        return codes(response)


@pytest.fixture
def portal(town: Town) -> Portal:
    return Portal(town)


@pytest.fixture
def tidy(town: Town) -> Iterator[Callable[..., None]]:
    """Names people of whom nothing is left standing after the test."""
    people: list[tuple[str, str | None]] = []
    yield lambda who, by=None: people.append((who, by))
    for who, by in people:
        spoken = ["--by", PERSONAS[by]] if by else []
        hub(town, "consent", "withdraw", PERSONAS[who], NGO, *spoken)
        for words in (["restriction"], ["objection"], ["objection", "--to", RSD]):
            hub(town, "consent", "stop", PERSONAS[who], *words, "--lift")


def entry_of(town: Town, response: httpx.Response) -> Any:  # noqa: ANN401 — JSON
    ((told, _),) = town.log_of(response)
    return told


def test_a_person_gives_and_withdraws_and_each_word_has_its_receipt_and_entry(
    town: Town, portal: Portal, tidy: Callable[..., None]
) -> None:
    tidy("harijs")
    harijs = PERSONAS["harijs"]
    assert ask(town, harijs)["absences"] == missing("NO_CONSENT")
    given = portal.send("harijs", GIVE, number=NGO)
    said = given.json()["data"]["giveConsent"]
    (record,) = said["consents"]
    assert said["changed"] is True
    assert (record["state"], record["inForce"], record["agreement"]) == ("GIVEN", True, NGO)
    last = record["events"][-1]
    assert (last["spokenAs"], last["via"], last["operation"]) == (
        "subject",
        "citizen-portal",
        said["id"],
    )
    entry = entry_of(town, given)
    assert (entry["decision"], entry["question"]) == ("consent", ["giveConsent"])
    assert entry["operation_id"] == said["id"] == given.json()["extensions"]["receipt"]["id"]
    assert entry["consent"] == f"{record['id']}/{record['revision']}"
    assert harijs not in json.dumps(entry)
    (subject,) = town.entries(given)
    assert subject is not None
    assert subject.subject == harijs

    assert ask(town, harijs)["employment"]["status"] == "NONE"

    ended = portal.send("harijs", WITHDRAW, number=NGO)
    (after,) = ended.json()["data"]["withdrawConsent"]["consents"]
    assert (after["id"], after["revision"], after["state"], after["inForce"]) == (
        record["id"],
        record["revision"] + 1,
        "WITHDRAWN",
        False,
    )
    assert entry_of(town, ended)["consent"] == f"{after['id']}/{after['revision']}"
    assert ask(town, harijs)["absences"] == missing("NO_CONSENT")


def test_said_again_it_changes_nothing_and_has_a_receipt_all_the_same(
    town: Town, portal: Portal, tidy: Callable[..., None]
) -> None:
    tidy("vija")
    first = portal.told("vija", GIVE, number=NGO)
    again = portal.send("vija", GIVE, number=NGO)
    told = again.json()["data"]["giveConsent"]
    assert (first["changed"], told["changed"]) == (True, False)
    assert told["consents"] == first["consents"]
    assert entry_of(town, again)["decision"] == "consent"
    assert portal.told("vija", WITHDRAW, number=NGO)["changed"] is True
    assert portal.told("vija", WITHDRAW, number=NGO)["changed"] is False
    assert portal.told("vija", OBJECT, number=RSD)["changed"] is True
    assert portal.told("vija", OBJECT, number=RSD)["changed"] is False


def test_the_record_and_the_receipt_are_those_of_the_standard(
    portal: Portal, tidy: Callable[..., None]
) -> None:
    tidy("vija")
    notice = """query { consentNotice(agreement: "NVO-2026-001", language: EN) {
        version language text sha256 } }"""
    shown = portal.told("vija", notice)
    assert "Help to Work" in shown["text"]
    assert "- Entitlements that touch the period, earliest first: Payments" in shown["text"]
    assert "socialInsurance" not in shown["text"]
    assert portal.refused("vija", GIVE, number=NGO, notice="0" * 64) == ["consent_step_invalid"]
    said = portal.told("vija", GIVE, number=NGO, notice=shown["sha256"])
    record = json.loads(said["consents"][0]["document"])
    (receipt,) = map(json.loads, said["documents"])
    assert record["@type"] == "dpv:ConsentRecord"
    assert record["dpv:hasConsentStatus"] == "dpv:ConsentGiven"
    event = record["dpv:hasActivity"][-1]
    assert event["dpv:hasNotice"] == f"urn:sha256:{shown['sha256']}"
    assert event["dct:source"] == said["id"] == receipt["dct:identifier"]
    assert (receipt["@type"], receipt["dpv:hasRecord"]["dct:identifier"]) == (
        "dpv:ConsentReceipt",
        said["consents"][0]["id"],
    )
    kinds = {each["dct:identifier"] for each in record["dpv:hasProcess"]["dpv:hasPersonalData"]}
    assert {"ADMINISTRATIVE", "FINANCIAL"} <= kinds
    assert PERSONAS["vija"] not in said["consents"][0]["document"] + said["documents"][0]


def test_an_objection_stops_the_disclosure_until_the_controller_has_decided(
    town: Town, portal: Portal, tidy: Callable[..., None]
) -> None:
    tidy("vija")
    vija = PERSONAS["vija"]

    def at_riga() -> Any:  # noqa: ANN401 — JSON
        return ask(town, vija, client="riga-social-service", agreement=RSD)["absences"]

    assert at_riga() == missing("NO_RECORD")
    said = portal.told("vija", OBJECT, number=RSD)
    assert [
        (each["state"], each["agreement"]) for each in said["stops"] if not each["endedAt"]
    ] == [("ASSESSED", RSD)]
    assert at_riga() == missing("RESTRICTED")
    who = ["--institution", "RD-LD", "--office", "data protection officer", "--to", RSD]
    why = ["--reason", "eligibility must be reviewed for the household"]
    assert "upheld" in hub(town, "consent", "decide", vija, "objection", "upheld", *who, *why)
    assert at_riga() == missing("RESTRICTED")
    hub(town, "consent", "decide", vija, "objection", "overridden", *who, *why)
    assert at_riga() == missing("NO_RECORD")
    assert portal.told("vija", OBJECT, number=RSD)["changed"] is True
    assert at_riga() == missing("RESTRICTED")
    assert portal.told("vija", WITHDRAW_OBJECTION, number=RSD)["changed"] is True
    assert at_riga() == missing("NO_RECORD")


def test_a_restriction_stops_until_it_is_taken_back(
    town: Town, portal: Portal, tidy: Callable[..., None]
) -> None:
    tidy("vija")
    assert portal.told("vija", RESTRICT)["changed"] is True
    by = {"client": "riga-social-service", "agreement": RSD}
    assert ask(town, PERSONAS["vija"], **by)["absences"] == missing("RESTRICTED")
    assert portal.told("vija", LIFT)["changed"] is True
    assert ask(town, PERSONAS["vija"], **by)["absences"] == missing("NO_RECORD")


@pytest.mark.parametrize(
    ("query", "number", "code"),
    [
        (GIVE, "VSAA-2026-002", "consent_not_the_basis"),
        (GIVE, "NO-SUCH-1", "consent_target_unknown"),
        (OBJECT, "VSAA-2026-002", "objection_not_possible"),
        (OBJECT, NGO, "objection_not_possible"),
        (OBJECT, "NO-SUCH-1", "consent_target_unknown"),
    ],
)
def test_what_cannot_be_said_has_its_code(
    portal: Portal, query: str, number: str, code: str
) -> None:
    assert portal.refused("vija", query, number=number) == [code]


# ---- representation -------------------------------------------------------------------------


def test_a_parent_speaks_for_a_child_as_long_as_the_other_does_not_say_no(
    town: Town, portal: Portal, tidy: Callable[..., None]
) -> None:
    for by in (None, "ilze", "andris"):
        tidy("emils", by)
    emils = PERSONAS["emils"]
    assert ask(town, emils)["absences"] == missing("NO_CONSENT")
    said = portal.told("ilze", GIVE, number=NGO, person=emils)
    (record,) = said["consents"]
    assert (record["inForce"], record["events"][-1]["spokenAs"]) == (True, "PARENT")
    assert ask(town, emils)["absences"] != missing("NO_CONSENT")
    (seen,) = portal.told("andris", MINE, person=emils)["consents"]
    assert seen["id"] == record["id"]
    no = portal.told("andris", WITHDRAW, number=NGO, person=emils)
    assert (no["changed"], no["consents"][0]["inForce"]) == (True, False)
    assert ask(town, emils)["absences"] == missing("NO_CONSENT")
    portal.told("andris", GIVE, number=NGO, person=emils)
    assert ask(town, emils)["absences"] != missing("NO_CONSENT")


def test_a_child_alone_cannot_consent_but_can_say_no(
    town: Town, portal: Portal, tidy: Callable[..., None]
) -> None:
    for by in (None, "zenta"):
        tidy("kristaps", by)
    assert portal.refused("kristaps", GIVE, number=NGO) == ["representation_missing"]
    kristaps = PERSONAS["kristaps"]
    portal.told("zenta", GIVE, number=NGO, person=kristaps)
    assert ask(town, kristaps)["absences"] != missing("NO_CONSENT")
    assert portal.told("kristaps", WITHDRAW, number=NGO)["changed"] is True
    assert ask(town, kristaps)["absences"] == missing("NO_CONSENT")


def test_only_who_objected_for_a_child_takes_it_back(
    town: Town, portal: Portal, tidy: Callable[..., None]
) -> None:
    tidy("marta")
    child, back = {"number": RSD, "person": PERSONAS["marta"]}, WITHDRAW_OBJECTION
    assert portal.told("ilze", OBJECT, **child)["changed"] is True
    for who, about in (("andris", child), ("marta", {"number": RSD})):
        told = portal.told(who, back, **about)
        standing = [each["state"] for each in told["stops"] if not each["endedAt"]]
        assert (told["changed"], standing) == (False, ["ASSESSED"])
    assert portal.told("ilze", back, **child)["changed"] is True


def test_a_childs_own_restriction_is_the_childs_to_take_back(
    portal: Portal, tidy: Callable[..., None]
) -> None:
    tidy("kristaps")
    kristaps = PERSONAS["kristaps"]
    assert portal.told("kristaps", RESTRICT)["changed"] is True
    assert portal.told("zenta", LIFT, person=kristaps)["changed"] is False
    assert portal.told("kristaps", LIFT)["changed"] is True


@pytest.mark.parametrize("query", [MINE, GIVE, WITHDRAW, REFUSE, OBJECT])
def test_who_may_not_act_is_told_the_same_whatever_the_reason(portal: Portal, query: str) -> None:
    """From whom a child is protected is told nothing that a stranger is not told."""
    variables = {} if query is MINE else {"number": RSD if query is OBJECT else NGO}
    answers = []
    for who, person in (
        ("sandis", PERSONAS["madara"]),  # protected
        ("vija", PERSONAS["madara"]),  # a stranger
        ("sandis", PERSONAS["andris"]),  # of age
        ("sandis", PERSONAS["una"]),  # closed: as if there were nobody
        ("zenta", PERSONAS["daina"]),  # dead
        ("sandis", "389999-99987"),  # never issued
    ):
        response = portal.send(who, query, person=person, **variables)
        body = response.json()
        body.pop("extensions", None)
        answers.append((response.status_code, body))
    assert answers[1:] == answers[:-1]
    assert [error["extensions"]["code"] for error in answers[0][1]["errors"]] == [
        "representation_missing"
    ]


# ---- who may ask ----------------------------------------------------------------------------


@pytest.mark.parametrize("query", [MINE, GIVE, WITHDRAW, OBJECT])
def test_only_a_persons_own_token_opens_it(town: Town, query: str) -> None:
    variables = {} if query is MINE else {"number": NGO}
    for client, agreement in (("employment-ngo", NGO), ("riga-social-service", RSD)):
        with town.refusing():
            response = town.ask(query, variables, client=client, agreement=agreement)
        assert codes(response) == ["oversight_missing"]


def test_of_others_consents_nothing_is_told(
    town: Town, portal: Portal, tidy: Callable[..., None]
) -> None:
    tidy("harijs")
    (record,) = portal.told("harijs", GIVE, number=NGO)["consents"]
    assert ask(town, PERSONAS["harijs"])["employment"]["status"] == "NONE"
    assert record["id"] not in json.dumps(portal.told("vija", MINE))
    for _ in range(3):
        assert portal.told("vija", RESTED, record=record["id"])["nodes"] == []
        time.sleep(0.3)


def test_which_disclosures_rested_on_a_consent_is_told_also_after_withdrawal(
    town: Town, portal: Portal, tidy: Callable[..., None]
) -> None:
    tidy("harijs")
    harijs = PERSONAS["harijs"]
    (record,) = portal.told("harijs", GIVE, number=NGO)["consents"]

    def rested(**more: object) -> Any:  # noqa: ANN401 — JSON
        return portal.told("harijs", RESTED, record=record["id"], **more)

    def own() -> list[Any]:  # others asked under earlier words of the same record
        return [each for each in rested()["nodes"] if each["revision"] == record["revision"]]

    for _ in range(3):
        ask(town, harijs)
    portal.told("harijs", WITHDRAW, number=NGO)
    assert ask(town, harijs)["absences"] == missing("NO_CONSENT")
    deadline = time.monotonic() + 40
    while len(own()) < 3:
        assert time.monotonic() < deadline, "the log's projection does not follow"
        time.sleep(0.1)
    nodes = rested()["nodes"]
    assert own() == nodes[:3]
    assert {(each["revision"], each["agreement"], *each["registers"]) for each in nodes[:3]} == {
        (record["revision"], NGO, "employment")
    }
    page = rested(first=2)
    assert page["nodes"] == nodes[:2]
    following = rested(first=2, after=page["pageInfo"]["endCursor"])
    assert following["nodes"] == nodes[2:4]
