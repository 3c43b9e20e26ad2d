import asyncio
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from hub.audit.reconcile import Account, Call, Finding, Reconciliation
from hub.model.reference import Reference

KEY = b"k" * 32
START = datetime(2026, 11, 20, 9, tzinfo=UTC)
OPERATION = "ab" * 16


class Log:
    """What was released, as the access log would tell."""

    def __init__(self, told: Mapping[str, Collection[str]]) -> None:
        self.told = told
        self.asked: list[int] = []

    async def registers(self, operations: Collection[str]) -> Mapping[str, Collection[str]]:
        self.asked.append(len(operations))
        return {each: self.told[each] for each in operations if each in self.told}


def written(persons: int = 1, *, number: int = 1, operation: str = OPERATION) -> str:
    return Reference(operation, number, persons).written(KEY)


def call(reference: str, persons: int | None = 1, *, session: str = "a", seconds: int = 0) -> Call:
    at = START + timedelta(seconds=seconds)
    return Call(at=at, credential="hub_x", reference=reference, persons=persons, session=session)


def compared(
    *calls: Call,
    told: Mapping[str, Collection[str]] | None = None,
    published: bool = True,
    since: datetime | None = None,
) -> Account:
    log = Log({OPERATION: ["employment"]} if told is None else told)
    comparing = Reconciliation("employment", KEY, published=published, since=since)
    return asyncio.run(comparing.compare(calls, log, lambda _more: None))


def findings(account: Account) -> list[Finding]:
    return [each.finding for each in account.outside]


def test_a_call_with_an_entry_matches() -> None:
    account = compared(call(written()))
    assert (account.calls, account.matched) == (1, 1)
    assert not account.unentered
    assert not account.outside


def test_a_call_without_an_entry_is_told_apart() -> None:
    account = compared(call(written()), told={})
    assert account.matched == 0
    assert [each.reference for each in account.unentered] == [written()]
    assert not account.outside


def test_an_entry_that_names_another_register_does_not_cover_the_call() -> None:
    told = {OPERATION: ["disability"]}
    assert len(compared(call(written()), told=told).unentered) == 1
    assert compared(call(written()), told=told, published=False).matched == 1


def test_calls_of_nobodys_are_found() -> None:
    forged = written().replace("ab", "cd", 1)
    elsewhere = Reference(OPERATION, 1, 1).written(b"o" * 32)
    account = compared(call(""), call(forged), call(elsewhere), call(OPERATION))
    assert account.matched == 0
    assert findings(account) == [Finding.UNREFERENCED, *[Finding.UNKNOWN] * 3]


def test_parts_of_one_call_are_one_call() -> None:
    parts = [call(written(1200), 500), call(written(1200), 500), call(written(1200), 200)]
    account = compared(*parts)
    assert account.matched == 3
    assert not account.outside


def test_a_reference_speaks_for_so_many_persons() -> None:
    account = compared(call(written(3), 3), call(written(3), 1))
    assert account.matched == 1
    assert findings(account) == [Finding.REPEATED]
    assert findings(compared(call(written(3), 4))) == [Finding.REPEATED]


def test_a_reference_speaks_in_one_session() -> None:
    account = compared(call(written(3), 2), call(written(3), 1, session="b"))
    assert account.matched == 1
    assert findings(account) == [Finding.REPEATED]


def test_where_persons_are_not_told_a_reference_speaks_once() -> None:
    account = compared(call(written(3), None, session=""), call(written(3), None, session=""))
    assert account.matched == 1
    assert findings(account) == [Finding.REPEATED]


def test_a_call_about_nobody_is_not_the_hubs() -> None:
    for persons in (0, -3):
        account = compared(call(written(3), 3), call(written(3), persons))
        assert findings(account) == [Finding.REPEATED]
        assert findings(compared(call(written(3), persons), call(written(3), 3))) == [
            Finding.REPEATED
        ]


def test_two_calls_of_one_operation_are_two() -> None:
    account = compared(call(written(number=1)), call(written(number=2)))
    assert account.matched == 2
    assert not account.outside


def test_what_came_before_shows_only_what_is_used_again() -> None:
    since = START + timedelta(seconds=5)
    account = compared(
        call(written()), call("", seconds=1), call(written(), seconds=9), since=since
    )
    assert account.calls == 1
    assert account.matched == 0
    assert findings(account) == [Finding.REPEATED]


def test_many_calls_are_looked_up_in_parts() -> None:
    log = Log({OPERATION: ["employment"]})
    seen: list[int] = []
    calls = [call(written(number=number)) for number in range(4_500)]
    comparing = Reconciliation("employment", KEY, published=True)
    account = asyncio.run(comparing.compare(calls, log, seen.append))
    assert account.matched == sum(seen) == 4_500
    assert len(log.asked) == 3
