from hub.sandbox.people.calls import by_register, noted

REFERENCE = "ab" * 16 + ".1.2." + "cd" * 16


def line(told: str, *, session: str = "s1", transaction: str = "3/7", seconds: int = 0) -> str:
    head = f"2026-11-20 09:00:{seconds:02}.123 UTC [42] hub_burvis@registers"
    return f"{head} {session} {transaction} LOG:  {told}\n"


READ = line("register call employment read")
ASKED = line(f"register call employment asked 2 {REFERENCE}")


def test_a_transaction_is_one_call_whatever_is_noted_first() -> None:
    for lines in ([READ, ASKED, READ], [ASKED, READ], [ASKED]):
        (call,) = noted(lines, "registers")
        assert (call.register, call.credential, call.session) == ("employment", "hub_burvis", "s1")
        assert (call.reference, call.persons) == (REFERENCE, 2)
        assert call.at.isoformat() == "2026-11-20T09:00:00.123000+00:00"


def test_reading_alone_is_a_call_without_a_reference() -> None:
    (call,) = noted([READ, READ], "registers")
    assert (call.reference, call.persons) == ("", None)


def test_every_transaction_and_session_is_its_own() -> None:
    other = line("register call employment read", transaction="3/8")
    third = line("register call employment read", session="s2")
    assert [each.reference for each in noted([ASKED, other, third], "registers")] == [
        REFERENCE,
        "",
        "",
    ]


def test_a_second_reference_in_a_transaction_is_a_second_call() -> None:
    again = line("register call employment asked 5 made-up")
    assert [each.reference for each in noted([ASKED, READ, again], "registers")] == [
        REFERENCE,
        "made-up",
    ]


def test_who_is_told_no_reference_is_told_none() -> None:
    (call,) = noted([line("register call employment asked 1 ")], "registers")
    assert call.reference == ""


def test_what_a_caller_writes_is_never_taken_for_a_line() -> None:
    forged = "\t" + ASKED
    within = line(f"register call employment asked 1 x\n{forged}")
    assert [each.reference for each in noted(within.splitlines(keepends=True), "registers")] == [
        "x"
    ]
    assert not list(noted([line(f'syntax error at "{ASKED.strip()}"')], "registers"))
    assert not list(noted([ASKED], "other"))


def test_registers_are_told_apart_in_the_order_of_time() -> None:
    late = line("register call employment read", session="s2", seconds=9)
    early = line("register call employment read", session="s3", seconds=1)
    people = line("register call population read", session="s4")
    found = by_register(noted([late, early, people], "registers"))
    assert [each.session for each in found["employment"]] == ["s3", "s2"]
    assert [each.session for each in found["population"]] == ["s4"]
