"""Invariant 4 where everything is at hand: the log looks for restrictions itself (decision 0902).

What a replica has at hand is answered without asking a register, Redis or the book of consents
anything; and whoever said no is stopped by the very next request all the same.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import httpx
import pytest
from redis import Redis

from hub.app.clock import SystemClock
from hub.app.words import published_words
from hub.audit.reader import LogReader
from hub.cli.estate import estate_of
from hub.consent.desk import ConsentDesk
from hub.model.entry import StoredEntry, SubjectEntry
from hub.model.personal_code import PersonalCode
from hub.model.stop import STOPPABLE_BASES, StopKind
from hub.sandbox.data_dir import RUNTIME_ROLE
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.tokens import SubjectTokens
from tests.journey.test_asking import FORMER
from tests.journey.test_consents import hub, missing
from tests.journey.test_planner_engines import moved
from tests.journey.town import PERSONAS, Town, codes

FREELY: dict[str, Any] = {"client": "sandbox-full", "agreement": None}
WORK = """query($people: [PersonalCode!]!) { persons(personalCodes: $people) {
    personalCode employment { status endReason grantedOn provenance { cached } }
    absences { register code } } }"""
FAMILY = """query($p: PersonalCode!) { person(personalCode: $p) { socialInsurance {
    benefits { kind child { personalCode firstName } recipient { lastName personalCode }
      payeeAccount } provenance { cached } } absences { register code } } }"""
BACKGROUND = {"client", "hello", "info", "ping", "xadd", "xrange", "xrevrange"}
"""Commands that follow evictions, and those of this test."""
SAYS: dict[str, tuple[StopKind, str | None]] = {
    "restriction": (StopKind.RESTRICTION, None),
    "objection": (StopKind.OBJECTION, None),
    "objection to this purpose": (
        StopKind.OBJECTION,
        "https://vienreiz.example/purpose#SandboxExploration",
    ),
}


def say(town: Town, verb: Callable[[ConsentDesk], Any]) -> None:
    """Say something at the consents' desk, as a portal does, beside the hub."""

    async def said() -> None:
        database = Database(town.settings.database_url)
        tokens = SubjectTokens(MasterKeyring(town.settings.master_key))
        try:
            await verb(
                ConsentDesk(ConsentTable(database, tokens), SystemClock(), published_words(None))
            )
        finally:
            await database.aclose()

    asyncio.run(said())


def stop(town: Town, code: str, kind: StopKind, purpose: str | None = None) -> None:
    subject = PersonalCode(code)
    if kind is StopKind.RESTRICTION:
        say(town, lambda desk: desk.restrict(subject))
    else:
        say(town, lambda desk: desk.object(subject, purpose=purpose))


def lift(town: Town, code: str) -> None:
    async def everything(desk: ConsentDesk) -> None:
        for kind, purpose in SAYS.values():
            await desk.lift(PersonalCode(code), kind, purpose=purpose)

    say(town, everything)


@pytest.fixture
def lifted(town: Town) -> Iterator[Callable[[str], str]]:
    """Names persons whose restrictions and objections all end with the test."""
    people: list[str] = []

    def named(code: str) -> str:
        people.append(code)
        return code

    yield named
    for code in people:
        lift(town, code)


class Asked:
    """What a request has cost besides its entry: registers, Redis, the book of consents."""

    def __init__(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        self.town = town
        self.settled = 0
        self.entered = 0
        consents: Any = town.hub.rooms.consents
        settle = consents.settle

        async def counted(*arguments: Any) -> Any:  # noqa: ANN401 — as the book's
            self.settled += 1
            return await settle(*arguments)

        log: Any = town.hub.rooms.access_log
        enter = log.enter

        async def entering(*arguments: Any) -> Any:  # noqa: ANN401 — as the log's
            self.entered += 1
            return await enter(*arguments)

        monkeypatch.setattr(consents, "settle", counted)
        monkeypatch.setattr(log, "enter", entering)

    def commands(self) -> int:
        with Redis.from_url(self.town.settings.redis_url) as redis:
            told: dict[str, Any] = redis.info("commandstats")
        return sum(
            each["calls"]
            for name, each in told.items()
            if name.removeprefix("cmdstat_").split("|")[0] not in BACKGROUND
        )

    def nothing(self, ask: Callable[[Town], object]) -> bool:
        """Tell whether nobody was asked anything when ``ask`` asked this replica."""
        self.town.watch.calls.clear()
        settled, commands = self.settled, self.commands()
        ask(self.town)
        return (settled, commands, []) == (self.settled, self.commands(), self.town.watch.calls)


@pytest.fixture
def watched(town: Town, replica: Town, monkeypatch: pytest.MonkeyPatch) -> list[Asked]:
    return [Asked(each, monkeypatch) for each in (town, replica)]


_IN_A_ROW = 10
"""For so long that a Redis emptied a moment ago has been noticed."""


def warm(watched: list[Asked], ask: Callable[[Town], object]) -> None:
    """Ask until each replica answers from what it has at hand, asking nobody anything."""
    for each in watched:
        deadline = time.monotonic() + 30
        row = 0
        while row < _IN_A_ROW:
            assert time.monotonic() < deadline, "it never answers from what is at hand"
            row = row + 1 if each.nothing(ask) else 0
            time.sleep(0.05)


def of(town: Town, *people: str) -> httpx.Response:
    response = town.ask(WORK, {"people": list(people)}, **FREELY)
    assert response.status_code == 200, response.text
    assert codes(response) == []
    return response


def told(response: httpx.Response) -> list[Any]:
    persons: list[Any] = response.json()["data"]["persons"]
    return persons


def family(town: Town, person: str) -> httpx.Response:
    response = town.ask(FAMILY, {"p": person}, **FREELY)
    assert response.status_code == 200, response.text
    assert codes(response) == []
    return response


def entries(town: Town, response: httpx.Response) -> list[SubjectEntry]:
    return [entry for entry in town.entries(response) if entry]


def test_the_agreement_asked_under_may_be_stopped_and_rests_on_no_consent(town: Town) -> None:
    (agreement,) = town.hub.rooms.policy.agreements("sandbox-full")
    assert agreement.basis.article6 in STOPPABLE_BASES
    assert not agreement.basis.is_consent


@pytest.mark.parametrize("said", SAYS)
def test_the_next_request_of_every_replica_is_stopped(
    watched: list[Asked], lifted: Callable[[str], str], said: str
) -> None:
    harijs = lifted(PERSONAS["harijs"])
    warm(watched, lambda town: of(town, harijs))
    stop(watched[0].town, harijs, *SAYS[said])
    for place, each in enumerate((*reversed(watched), *watched)):
        town = each.town
        town.watch.calls.clear()
        each.entered = 0
        before = town.logged("disclosed")
        response = of(town, harijs)
        # the log refuses the first request; the next is settled before anything is entered
        assert each.entered == (2 if place < len(watched) else 1)
        assert told(response) == [
            {"personalCode": harijs, "employment": None, "absences": missing("RESTRICTED")}
        ]
        assert "DISABILITY_100" not in response.text
        assert town.watch.calls == []
        assert town.logged("disclosed") == before + 1
        (entry,) = entries(town, response)
        assert (entry.subject, entry.outcomes) == (harijs, {"employment": "restricted"})
        assert not entry.discloses
    lift(watched[0].town, harijs)
    for each in watched:
        (person,) = told(of(each.town, harijs))
        assert person["employment"]["status"] == "NONE"
    warm(watched, lambda town: of(town, harijs))


def test_an_objection_to_another_purpose_stops_nothing(
    town: Town, lifted: Callable[[str], str], watched: list[Asked]
) -> None:
    harijs = lifted(PERSONAS["harijs"])
    warm(watched, lambda each: of(each, harijs))
    other = "https://vienreiz.example/purpose#UnemployedStatusVerification"
    stop(town, harijs, StopKind.OBJECTION, other)
    try:
        assert all(each.nothing(lambda town: of(town, harijs)) for each in watched)
        (person,) = told(of(town, harijs))
        assert person["employment"]["status"] == "NONE"
    finally:
        say(town, lambda desk: desk.lift(PersonalCode(harijs), StopKind.OBJECTION, purpose=other))


def test_of_twenty_the_one_who_said_no_is_stopped_alone(
    town: Town, watched: list[Asked], lifted: Callable[[str], str]
) -> None:
    one = lifted(PERSONAS["ilze"])
    # whoever has several codes is settled first, always
    people = [*town.single(12), one, *town.single(7)]
    warm(watched, lambda each: of(each, *people))
    before = told(of(town, *people))
    stop(town, one, StopKind.RESTRICTION)
    for each in (*watched, *watched):
        each.town.watch.calls.clear()
        response = of(each.town, *people)
        assert each.town.watch.published() == []
        after = told(response)
        assert after[12] == {
            "personalCode": one,
            "employment": None,
            "absences": missing("RESTRICTED"),
        }
        assert [*after[:12], *after[13:]] == [*before[:12], *before[13:]]
        found = entries(each.town, response)
        assert len(found) == 20
        assert [entry.subject for entry in found if not entry.discloses] == [one]


@pytest.mark.parametrize(
    ("person", "other", "relation"),
    [("ilze", "marta", "child"), ("kristaps", "zenta", "recipient,payeeAccount")],
)
def test_whoever_is_embedded_and_says_no_is_taken_out(
    town: Town,
    watched: list[Asked],
    lifted: Callable[[str], str],
    person: str,
    other: str,
    relation: str,
) -> None:
    shown, hidden = PERSONAS[person], lifted(PERSONAS[other])
    warm(watched, lambda each: family(each, shown))
    full = family(town, shown)
    relations = {entry.subject: entry.relation for entry in entries(town, full)}
    assert set(relations[PersonalCode(hidden)].split(",")) == set(relation.split(","))
    rows = full.json()["data"]["person"]["socialInsurance"]["benefits"]
    stop(town, hidden, StopKind.RESTRICTION)
    for place, each in enumerate(watched * 4):
        each.town.watch.calls.clear()
        each.entered = 0
        response = family(each.town, shown)
        if place < 2 * len(watched):
            assert each.entered == (2 if place < len(watched) else 1)
        assert hidden not in response.text
        assert each.town.watch.published() == []
        after = response.json()["data"]["person"]
        assert after["absences"] == []
        assert after["socialInsurance"]["benefits"] == [without(row, hidden) for row in rows]
        assert hidden not in {entry.subject for entry in entries(each.town, response)}
    lift(town, hidden)
    for each in watched:
        assert (
            family(each.town, shown).json()["data"]["person"]["socialInsurance"]["benefits"] == rows
        )


def without(row: dict[str, Any], hidden: str) -> dict[str, Any]:
    """Return a row without all that concerns one person."""
    left = dict(row)
    for relation in ("child", "recipient"):
        if left[relation] and left[relation]["personalCode"] == hidden:
            left[relation] = None
            if relation == "recipient":
                left["payeeAccount"] = None
    return left


def test_the_account_of_a_payee_who_said_no_is_theirs_too(
    town: Town, watched: list[Asked], lifted: Callable[[str], str]
) -> None:
    query = """query($p: PersonalCode!) { person(personalCode: $p) {
        socialInsurance { benefits { kind payeeAccount } } } }"""

    def accounts(each: Town) -> list[str | None]:
        response = each.ask(query, {"p": PERSONAS["kristaps"]}, **FREELY)
        rows = response.json()["data"]["person"]["socialInsurance"]["benefits"]
        return [row["payeeAccount"] for row in rows]

    before = accounts(town)
    assert any(before)
    warm(watched, accounts)
    zenta = lifted(PERSONAS["zenta"])
    stop(town, zenta, StopKind.RESTRICTION)
    for each in (*watched, *watched, *watched):
        assert not any(accounts(each.town))
    lift(town, zenta)
    assert accounts(town) == before


def test_whoever_has_two_codes_is_stopped_by_either(
    town: Town, watched: list[Asked], lifted: Callable[[str], str]
) -> None:
    present = PERSONAS["rudolfs"]
    for replica in (town, watched[1].town):
        for code in (present, FORMER, present, FORMER):
            (person,) = told(of(replica, code))
            assert person["employment"]["endReason"] == "FOUND_WORK"
    for said in (FORMER, present):
        stop(town, lifted(said), StopKind.RESTRICTION)
        for each in (*watched, *watched):
            each.town.watch.calls.clear()
            for asked in (present, FORMER):
                response = of(each.town, asked)
                assert told(response) == [
                    {"personalCode": asked, "employment": None, "absences": missing("RESTRICTED")}
                ]
                (entry,) = entries(each.town, response)
                assert (entry.subject, entry.discloses) == (present, False)
            assert each.town.watch.published() == []
        lift(town, said)


def test_what_a_law_commands_is_not_stopped(
    town: Town, watched: list[Asked], lifted: Callable[[str], str]
) -> None:
    def by_law(each: Town) -> Any:  # noqa: ANN401 — JSON
        query = """query($p: PersonalCode!) { person(personalCode: $p) {
            employment { status } absences { register code } } }"""
        response = each.ask(
            query, {"p": PERSONAS["harijs"]}, client="vsaa", agreement="VSAA-2026-002"
        )
        return response.json()["data"]["person"]

    before = by_law(town)
    warm(watched, by_law)
    stop(town, lifted(PERSONAS["harijs"]), StopKind.RESTRICTION)
    for each in watched:
        assert by_law(each.town) == before
        assert before["employment"] == {"status": "NONE"}
        assert each.nothing(by_law)


def test_a_restriction_counts_one_operation(
    town: Town, watched: list[Asked], lifted: Callable[[str], str]
) -> None:
    harijs = lifted(PERSONAS["harijs"])
    warm(watched, lambda each: of(each, harijs))
    stop(town, harijs, StopKind.RESTRICTION)
    assert moved(town, lambda: of(town, harijs)) == {"planned": 1, "fallback": 0}


def test_consent_is_settled_though_everything_is_at_hand(
    town: Town, watched: list[Asked], lifted: Callable[[str], str]
) -> None:
    """Where consent is the basis, the log's own look is not enough."""
    by: dict[str, Any] = {"client": "employment-ngo", "agreement": "NVO-2026-001"}
    ilze = lifted(PERSONAS["ilze"])
    query = """query($p: PersonalCode!) { person(personalCode: $p) {
        employment { status } absences { register code } } }"""
    for _ in range(3):
        watched[0].settled = 0
        person = town.ask(query, {"p": ilze}, **by).json()["data"]["person"]
        assert person["employment"] == {"status": "UNEMPLOYED"}
        assert watched[0].settled == 1
    hub(town, "consent", "stop", ilze, "restriction")
    person = town.ask(query, {"p": ilze}, **by).json()["data"]["person"]
    assert person == {"employment": None, "absences": missing("RESTRICTED")}


def without_log(town: Town, command: str) -> None:
    """Run a command as the server's owner."""

    async def run() -> None:
        connection = await asyncpg.connect(f"{estate_of(town.data_dir).server_url}/postgres")
        try:
            await connection.execute(f"ALTER ROLE {RUNTIME_ROLE} {command}")
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1",
                RUNTIME_ROLE,
            )
        finally:
            await connection.close()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    thread.join()


def test_nothing_at_hand_leaves_when_the_log_goes_between_enter_and_commit(
    town: Town, watched: list[Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    harijs = PERSONAS["harijs"]
    warm(watched, lambda each: of(each, harijs))
    log: Any = town.hub.rooms.access_log
    enter, entered = log.enter, []

    async def entering(disclosure: Any) -> Any:  # noqa: ANN401 — as the log's
        pending = await enter(disclosure)
        without_log(town, "NOLOGIN")  # the loop stands meanwhile, so nothing is flushed yet
        entered.append(pending)
        return pending

    monkeypatch.setattr(log, "enter", entering)
    try:
        response = town.ask(WORK, {"people": [harijs]}, **FREELY)
    finally:
        monkeypatch.setattr(log, "enter", enter)
        without_log(town, "LOGIN")
    assert len(entered) == 1
    assert response.status_code == 503
    assert codes(response) == ["audit_unavailable"]
    assert set(response.json()) == {"errors"}
    assert "DISABILITY_100" not in response.text
    assert entered[0].receipt.id not in response.text
    for each in watched:
        deadline = time.monotonic() + 30
        while each.town.ask(WORK, {"people": [harijs]}, **FREELY).status_code != 200:
            assert time.monotonic() < deadline, "service must resume by itself"

    async def kept(reader: LogReader) -> list[StoredEntry]:
        return list(await reader.entries(entered[0].receipt.id))

    assert town.read_log(kept) == []
