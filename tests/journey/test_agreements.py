"""Choosing an agreement: headers, force, case and official, whom it covers."""

from collections.abc import Callable
from datetime import datetime

import pytest

from hub.app.clock import RIGA
from tests.journey.town import PERSONAS, Town, codes

WORK = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
    personalCode employment { status } absences { register code } } }"""
ILZE = {"personalCodes": [PERSONAS["ilze"]]}
SetTime = Callable[[datetime], None]


def test_one_agreement_in_force_needs_no_header(town: Town) -> None:
    response = town.ask(WORK, ILZE, client="employment-ngo", agreement=None)
    assert response.status_code == 200


def test_several_are_listed_when_none_is_named(town: Town) -> None:
    with town.refusing():
        response = town.ask(WORK, ILZE, client="school-board", agreement=None)
    assert response.status_code == 403
    (error,) = response.json()["errors"]
    assert error["extensions"] == {
        "code": "agreement_ambiguous",
        "agreements": ["IZG-2026-001", "IZG-2026-002"],
    }


@pytest.mark.parametrize(
    "number", ["RSD-1999-001", "MSD-2026-001", "rsd-2026-001", "RSD-2026-001/1"]
)
def test_an_unknown_number_and_that_of_another_client_look_alike(town: Town, number: str) -> None:
    with town.refusing():
        response = town.ask(WORK, ILZE, agreement=number)
    assert response.status_code == 403
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "agreement_unknown"}
    assert number not in response.text


@pytest.mark.parametrize(
    ("number", "at"),
    [
        ("RSD-2035-001", datetime(2034, 12, 31, 23, 59, tzinfo=RIGA)),  # not yet
        ("RSD-2026-007", datetime(2026, 5, 1, 0, 0, tzinfo=RIGA)),  # ended the day before
        ("RSD-2026-008", datetime(2026, 6, 1, 6, 0, tzinfo=RIGA)),  # for machines at night
        ("RSD-2026-008", datetime(2026, 6, 1, 23, 59, tzinfo=RIGA)),
    ],
)
def test_out_of_force_or_hours_is_refused(
    town: Town, set_time: SetTime, number: str, at: datetime
) -> None:
    set_time(at)
    with town.refusing():
        response = town.ask(WORK, ILZE, agreement=number)
    assert response.status_code == 403
    assert codes(response) == ["agreement_not_in_force"]


@pytest.mark.parametrize(
    ("number", "at"),
    [
        ("RSD-2035-001", datetime(2035, 1, 1, 0, 0, tzinfo=RIGA)),
        ("RSD-2026-007", datetime(2026, 4, 30, 23, 59, tzinfo=RIGA)),
        ("RSD-2026-008", datetime(2026, 6, 1, 5, 59, tzinfo=RIGA)),
        ("RSD-2026-008", datetime(2026, 6, 1, 0, 0, tzinfo=RIGA)),
    ],
)
def test_the_first_and_the_last_moment_count(
    town: Town, set_time: SetTime, number: str, at: datetime
) -> None:
    set_time(at)
    query = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
        socialInsurance { benefits { kind } } } }"""
    assert town.ask(query, ILZE, agreement=number).status_code == 200


def test_the_alias_header_names_an_agreement_too(town: Town) -> None:
    response = town.ask(WORK, ILZE, agreement=None, headers={"Hub-Agreement": "RSD-2026-001"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        [("x-dagr-permission", "RSD-2026-001"), ("x-dagr-permission", "RSD-2026-001")],
        [("x-dagr-permission", "RSD-2026-001"), ("hub-agreement", "RSD-2026-001")],
        [("x-dagr-permission", "RSD-2026-001"), ("hub-agreement", "RSD-2026-005")],
        [("hub-agreement", "RSD-2026-005"), ("hub-agreement", "RSD-2026-001")],
        [("x-dagr-permission", "RSD-2026-001"), ("hub-case", "A"), ("hub-case", "B")],
        [("x-dagr-permission", "RSD-2026-001"), ("hub-official", "A"), ("hub-official", "A")],
        [("x-dagr-permission", "RSD-2026-001"), ("authorization", "Bearer e30.e30.e30")],
    ],
)
def test_repeated_or_contradicting_headers_are_refused(
    town: Town, sent: list[tuple[str, str]]
) -> None:
    response = town.http.post(
        f"{town.url}/graphql",
        json={"query": WORK, "variables": ILZE},
        headers=[("authorization", f"Bearer {town.token('riga-social-service')}"), *sent],
    )
    assert response.status_code == 400
    assert codes(response) == ["header_conflict"]
    assert town.watch.calls == []


OPINIONS = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
    disability { opinions { kind } } } }"""


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "case_missing"),
        ({"hub-official": "L.Vanaga"}, "case_missing"),
        ({"hub-case": "SP-2026/117"}, "official_missing"),
    ],
)
def test_case_and_official_are_demanded(town: Town, headers: dict[str, str], code: str) -> None:
    with town.refusing():
        response = town.ask(OPINIONS, ILZE, agreement="RSD-2026-003", headers=headers)
    assert response.status_code == 403
    assert codes(response) == [code]


@pytest.mark.parametrize("header", ["hub-case", "hub-official", "x-dagr-permission"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        "a b",
        "a" * 65,
        "L.Vanāga".encode(),
        "<script>",
        PERSONAS["ilze"],
        PERSONAS["ilze"].replace("-", ""),
        f"SP-{PERSONAS['ilze']}",
        "990199-99999",
    ],
)
def test_a_malformed_header_is_refused_and_not_repeated(
    town: Town, header: str, value: str | bytes
) -> None:
    sent = {"hub-case": "SP-2026/117", "hub-official": "L.Vanaga"} | {header: value}
    agreement = None if header == "x-dagr-permission" else "RSD-2026-003"
    response = town.ask(OPINIONS, ILZE, agreement=agreement, headers=sent)  # type: ignore[arg-type]  # bytes are a header's value too
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "header_invalid"
    assert error["extensions"]["header"].lower() == header
    if value:
        assert str(value) not in response.text
    assert town.watch.calls == []


def test_case_and_official_are_on_the_log_as_asserted(town: Town) -> None:
    headers = {"hub-case": "SP-2026/117", "hub-official": "L.Vanaga"}
    response = town.ask(OPINIONS, ILZE, agreement="RSD-2026-003", headers=headers)
    ((told, _),) = town.log_of(response)
    assert (told["case"], told["official"]) == ("SP-2026/117", "L.Vanaga")
    assert (told["agreement"], told["revision"]) == ("RSD-2026-003", 1)


def persons(town: Town, query: str, people: list[str], **asked: object) -> list[object]:
    response = town.ask(
        query,
        {"personalCodes": [PERSONAS[each] for each in people]},
        **asked,  # type: ignore[arg-type]
    )
    assert response.status_code == 200, response.text
    told: list[object] = response.json()["data"]["persons"]
    return told


def test_a_caseload_covers_those_on_it(town: Town) -> None:
    query = WORK.replace("personalCode employment", "employment")
    imants, zenta, una = persons(
        town,
        query,
        ["imants", "zenta", "una"],
        agreement="RSD-2026-006",
        headers={"hub-official": "L.Vanaga"},
    )
    assert imants == {
        "employment": None,
        "absences": [{"register": "employment", "code": "NO_RECORD"}],
    }
    assert zenta == una
    assert zenta == {
        "employment": None,
        "absences": [{"register": None, "code": "SUBJECT_NOT_FOUND"}],
    }


@pytest.mark.parametrize(
    ("case", "covered"), [("BT-2026/17", "kristaps"), ("BT-2026/23", "toms"), ("BT-2026/24", None)]
)
def test_a_case_covers_those_tied_to_it(town: Town, case: str, covered: str | None) -> None:
    query = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
        childProtection { outOfHomeCare { form } } } }"""
    people = ["kristaps", "toms", "zenta"]
    told = persons(
        town,
        query,
        people,
        client="orphan-court",
        agreement="RBT-2026-001",
        headers={"hub-case": case, "hub-official": "A.Tiesa"},
    )
    found = [
        key for key, each in zip(people, told, strict=True) if each != {"childProtection": None}
    ]
    assert found == ([covered] if covered else [])


PERMISSIONS = """{ currentPermissions { permissionNumber serviceName purposeOfUse purposeIri
    legalBasis operations useCount useCountQuota validFrom validTo
    accessControlTree { name readAccess properties { name properties { name } } } } }"""


def test_permissions_are_told_as_dagr_tells_them(town: Town) -> None:
    response = town.ask(PERMISSIONS, client="madona-social-service", agreement=None)
    assert response.status_code == 200, response.text
    (told,) = response.json()["data"]["currentPermissions"]
    tree = told.pop("accessControlTree")
    told.pop("useCount")
    assert told == {
        "permissionNumber": "MSD-2026-001",
        "serviceName": ("Datu sniegšana par pensijām, pabalstiem un atlīdzībām un to saņēmējiem"),
        "purposeOfUse": told["purposeOfUse"],
        "purposeIri": told["purposeIri"],
        "legalBasis": [
            "A6-1-e",
            "A9-2-b",
            "Sociālo pakalpojumu un sociālās palīdzības likums",
            "MK noteikumi Nr. 809",
        ],
        "operations": ["batch", "record"],
        "useCountQuota": 3000,
        "validFrom": "2026-01-01",
        "validTo": "2035-12-31",
    }
    assert told["purposeIri"].endswith("SocialAssistanceMeansTest")
    assert tree["readAccess"] is True
    assert {each["name"] for each in tree["properties"]} == {
        "disability",
        "employment",
        "socialInsurance",
    }


def test_only_permissions_in_force_are_told(town: Town, set_time: SetTime) -> None:
    def numbers() -> set[str]:
        response = town.ask(PERMISSIONS, agreement=None)
        return {each["permissionNumber"] for each in response.json()["data"]["currentPermissions"]}

    set_time(datetime(2026, 4, 30, 12, tzinfo=RIGA))
    assert numbers() == {f"RSD-2026-00{n}" for n in (1, 2, 3, 4, 5, 6, 7)}
    set_time(datetime(2026, 5, 1, 3, tzinfo=RIGA))
    assert numbers() == {f"RSD-2026-00{n}" for n in (1, 2, 3, 4, 5, 6, 8)}


def test_the_use_count_grows_by_distinct_persons(town: Town) -> None:
    def used(query: str = PERMISSIONS, **variables: object) -> int:
        response = town.ask(query, variables, client="madona-social-service", agreement=None)
        assert response.status_code == 200, response.text
        count = response.json()["data"]["currentPermissions"][0]["useCount"]
        assert isinstance(count, int)
        return count

    before, people = used(), town.strangers(3)
    for asked in (people, people[:2]):
        town.ask(WORK, {"personalCodes": asked}, client="madona-social-service", agreement=None)
    assert used() == before + 3
    both = """query($c: PersonalCode!) { currentPermissions { useCount }
        person(personalCode: $c) { employment { status } } }"""
    assert used(both, c=town.strangers(1)[0]) == before + 4


def test_registers_are_told_to_every_client_and_nobody_is_asked(town: Town) -> None:
    query = """{ registers { name title titleLv controller source
        freshness { ttlSeconds negativeTtlSeconds staleIfErrorSeconds maxAgeSeconds } } }"""
    response = town.ask(query, client="dpo", agreement=None)
    told = {each["name"]: each for each in response.json()["data"]["registers"]}
    assert set(told) == {
        "disability",
        "socialInsurance",
        "childProtection",
        "employment",
        "vaccination",
    }
    assert {each["controller"] for each in told.values()} == {
        "VDEĀVK",
        "VSAA",
        "BAC",
        "NVA",
        "LDVC",
    }
    assert all(each["freshness"]["maxAgeSeconds"] > 0 for each in told.values())
    assert town.watch.calls == []
