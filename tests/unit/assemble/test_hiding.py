from dataclasses import dataclass, field

from hub.assemble.hiding import hide
from hub.model.personal_code import PersonalCode

ANNA, BERTA = PersonalCode("161175-19997"), PersonalCode("328673-00679")


@dataclass
class Reference:
    personal_code: PersonalCode


@dataclass
class Loan:
    lender: Reference | None
    bearers: list[Reference] = field(default_factory=list)


@dataclass
class Library:
    loans: list[Loan]
    first: Loan | None = None


def test_references_vanish_at_any_depth_and_others_stay() -> None:
    loan = Loan(Reference(ANNA), [Reference(ANNA), Reference(BERTA)])
    library = Library([Loan(Reference(BERTA)), loan], first=Loan(Reference(ANNA)))
    hide(library, {ANNA})
    assert library == Library(
        [Loan(Reference(BERTA)), Loan(None, [Reference(BERTA)])], first=Loan(None)
    )
    hide(None, {ANNA})


@dataclass
class Payment:
    payee: Reference | None
    account: str | None = field(default=None, metadata={"concerns": "payee"})
    note: str | None = None


def test_what_is_theirs_goes_with_the_reference() -> None:
    paid = [Payment(Reference(ANNA), "LV01", "a"), Payment(Reference(BERTA), "LV02", "b")]
    payments = [*paid, Payment(None, "LV03", "c")]
    for each in payments:
        hide(each, {ANNA})
    assert payments == [
        Payment(None, None, "a"),
        Payment(Reference(BERTA), "LV02", "b"),
        Payment(None, "LV03", "c"),
    ]
