import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as over
from hypothesis import strategies as some

from hub.errors import BadRequest, Code, HubError, Refused, ServiceUnavailable, Several
from hub.model.agreement import Agreement, LegalBasis, OnExcess, Operation
from hub.model.caller import Caller, Credentials
from hub.model.catalogue import FieldId
from hub.policy.book import Book, book_of
from hub.policy.engine import Policy
from hub.ports import PolicyEngine
from tests.unit.policy.given import (
    FixedClock,
    agreement,
    caller,
    catalogue,
    client,
    documents,
    drafted,
    drafted_sandbox,
    ids,
    naming,
    purpose,
    rules,
)

RIGA = ZoneInfo("Europe/Riga")
BOOK = drafted_sandbox()


def _policy(*agreements: Agreement, at: datetime | None = None) -> Policy:
    book = book_of(rules(), agreements) if agreements else BOOK
    return Policy(lambda: book, FixedClock(at) if at else FixedClock())


def _code(error: pytest.ExceptionInfo[HubError]) -> Code:
    return error.value.code


def test_it_is_the_policy_engine_of_the_ports() -> None:
    engine: PolicyEngine = _policy()
    assert engine.agreements("nobody") == []


# ---- choosing ----------------------------------------------------------------------------------


def test_one_agreement_in_force_needs_no_header() -> None:
    found = _policy().choose(client("madona-social-service"), Credentials())
    assert found.agreement.number == "MSD-2026-001"
    assert (found.case, found.official) == (None, None)


def test_several_without_a_header_are_listed() -> None:
    with pytest.raises(Refused) as told:
        _policy().choose(client("riga-social-service"), Credentials())
    assert told.value.extensions() == {
        "code": "agreement_ambiguous",
        "agreements": [
            "RSD-2026-001",
            "RSD-2026-002",
            "RSD-2026-003",
            "RSD-2026-004",
            "RSD-2026-005",
            "RSD-2026-006",
        ],
    }


def test_a_client_without_agreements_is_told_so() -> None:
    with pytest.raises(Refused) as told:
        _policy().choose(client("nobody"), Credentials())
    assert _code(told) is Code.AGREEMENT_MISSING


@pytest.mark.parametrize("number", ["RSD-2026-099", "MSD-2026-001", "rsd-2026-001"])
def test_anothers_agreement_and_no_agreement_look_alike(number: str) -> None:
    with pytest.raises(Refused) as told:
        _policy().choose(client("riga-social-service"), naming(number))
    assert told.value.extensions() == {"code": "agreement_unknown"}


@pytest.mark.parametrize(
    ("number", "details"),
    [
        ("RSD-2026-007", {"validFrom": "2025-10-01", "validTo": "2026-04-30", "hours": None}),
        ("RSD-2035-001", {"validFrom": "2035-01-01", "validTo": None, "hours": None}),
        ("RSD-2026-008", {"validFrom": "2026-01-01", "validTo": "2035-12-31", "hours": [0, 6]}),
    ],
)
def test_ended_not_begun_and_out_of_hours_are_told_when(
    number: str, details: dict[str, object]
) -> None:
    with pytest.raises(Refused) as told:
        _policy().choose(client("riga-social-service"), naming(number))
    assert told.value.extensions() == {"code": "agreement_not_in_force", **details}


@pytest.mark.parametrize(
    ("at", "in_force"),
    [
        (datetime(2026, 5, 31, 20, 59, tzinfo=UTC), False),  # 23.59 in Riga, summer
        (datetime(2026, 5, 31, 21, 0, tzinfo=UTC), True),  # midnight, the first day
        (datetime(2026, 6, 30, 20, 59, tzinfo=UTC), True),  # the last minute
        (datetime(2026, 6, 30, 21, 0, tzinfo=UTC), False),
    ],
)
def test_validity_counts_days_in_riga(at: datetime, in_force: bool) -> None:
    june = agreement(valid_from=date(2026, 6, 1), valid_to=date(2026, 6, 30))
    assert bool(_policy(june, at=at).agreements("tester")) is in_force


@pytest.mark.parametrize(("hour", "in_force"), [(7, False), (8, True), (19, True), (20, False)])
def test_hours_are_hours_in_riga_winter_and_summer(hour: int, in_force: bool) -> None:
    for day in ((2026, 1, 15), (2026, 7, 15)):
        at = datetime(*day, hour, 30, tzinfo=RIGA).astimezone(UTC)
        found = _policy(agreement(hours=(8, 20)), at=at).agreements("tester")
        assert bool(found) is in_force


def test_case_and_official_are_demanded_where_the_agreement_demands_them() -> None:
    policy, riga = _policy(), client("riga-social-service")
    with pytest.raises(Refused) as told:
        policy.choose(riga, naming("RSD-2026-003", official=("a.b",)))
    assert _code(told) is Code.CASE_MISSING
    with pytest.raises(Refused) as told:
        policy.choose(riga, naming("RSD-2026-003", case=("SP-1",)))
    assert _code(told) is Code.OFFICIAL_MISSING
    found = policy.choose(riga, naming("RSD-2026-003", case=("SP-1",), official=("a.b",)))
    assert (found.case, found.official) == ("SP-1", "a.b")


def test_what_is_asserted_without_demand_is_kept_for_the_log() -> None:
    found = _policy().choose(
        client("madona-social-service"), Credentials(case=("C-1",), official=("o",))
    )
    assert (found.case, found.official) == ("C-1", "o")


def test_headers_are_read_before_anything_else() -> None:
    with pytest.raises(BadRequest) as told:
        _policy().choose(client("nobody"), Credentials(agreement=("A-001", "A-001")))
    assert _code(told) is Code.HEADER_CONFLICT


def test_without_a_book_nothing_is_chosen_decided_or_listed() -> None:
    def none() -> Book:
        raise ServiceUnavailable(Code.POLICY_UNAVAILABLE)

    policy = Policy(none, FixedClock())
    for ask in (
        lambda: policy.choose(client(), Credentials()),
        lambda: policy.choose(client(), naming("T-001")),
        lambda: policy.decide(caller(agreement()), ids("employment.status"), "record"),
        lambda: policy.explain(caller(agreement()), ids("employment.status")),
        lambda: policy.decisions(caller(agreement())),
        lambda: policy.agreements("tester"),
    ):
        with pytest.raises(ServiceUnavailable) as told:
            ask()
        assert _code(told) is Code.POLICY_UNAVAILABLE


# ---- deciding ----------------------------------------------------------------------------------

MEANS = caller(drafted("RSD-2026-001"))
STATUS_ASKED = ids(
    "personalCode",
    "absences.code",
    "employment.status",
    "employment.provenance.asOf",
    "disability.group",
    "socialInsurance.benefits.payments.net",
)


def test_a_permit_holds_what_was_asked_and_no_more() -> None:
    permit = _policy().decide(MEANS, STATUS_ASKED, "record")
    assert permit.caller is MEANS
    assert permit.granted == STATUS_ASKED
    assert permit.residual == permit.value_classes == frozenset()
    assert permit.withheld == ()
    assert permit.policy_version == rules(sandbox=True).version


def _refusals(
    policy: Policy, by: Caller, asked: frozenset[FieldId], action: str = "record"
) -> Sequence[HubError]:
    with pytest.raises(Several) as told:
        policy.decide(by, asked, action)
    return told.value.errors


def test_every_excess_field_is_named_at_once_with_rule_and_reason() -> None:
    errors = _refusals(
        _policy(),
        MEANS,
        STATUS_ASKED
        | ids(
            "vaccination.calendarStatus",
            "employment.branch",
            "disability.cause",
            "childProtection.orphanCourtCases.number",
        ),
    )
    assert [error.extensions() for error in errors] == [
        {
            "code": "field_forbidden",
            "field": "childProtection.orphanCourtCases.number",
            "rule": "child-protection-register",
            "reason": {
                "en": rules().rails["child-protection-register"].en,
                "lv": rules().rails["child-protection-register"].lv,
            },
        },
        {
            "code": "field_forbidden",
            "field": "disability.cause",
            "rule": "disability-diagnosis",
            "reason": {
                "en": rules().rails["disability-diagnosis"].en,
                "lv": rules().rails["disability-diagnosis"].lv,
            },
        },
        {
            "code": "field_not_in_agreement",
            "field": "employment.branch",
            "rule": "RSD-2026-001/1",
            "reason": {
                "en": Code.FIELD_NOT_IN_AGREEMENT.en,
                "lv": Code.FIELD_NOT_IN_AGREEMENT.lv,
            },
        },
        {
            "code": "field_not_in_agreement",
            "field": "vaccination.calendarStatus",
            "rule": "RSD-2026-001/1",
            "reason": {
                "en": Code.FIELD_NOT_IN_AGREEMENT.en,
                "lv": Code.FIELD_NOT_IN_AGREEMENT.lv,
            },
        },
    ]
    assert all(isinstance(error, Refused) for error in errors)


def test_a_field_nobody_publishes_is_refused_too() -> None:
    (error,) = _refusals(_policy(), MEANS, ids("disability.nothing"))
    assert error.extensions()["code"] == "field_not_in_agreement"


def test_where_the_agreement_says_null_excess_is_withheld_and_the_rest_granted() -> None:
    nva = caller(drafted("NVA-2026-001"))
    assert nva.agreement.on_excess is OnExcess.NULL
    asked = ids("disability.workCapacityLossPct", "disability.group", "disability.cause")
    permit = _policy().decide(nva, asked, "record")
    assert permit.granted == ids("disability.workCapacityLossPct")
    assert [(each.field, each.code, each.rule) for each in permit.withheld] == [
        ("disability.cause", "field_forbidden", "disability-diagnosis"),
        ("disability.group", "field_not_in_agreement", "NVA-2026-001/1"),
    ]


def test_consent_makes_fields_residual_and_leaves_the_persons_own_alone() -> None:
    consenting = caller(drafted("NVO-2026-001"))
    asked = ids("personalCode", "absences.code", "employment.status", "employment.provenance.asOf")
    permit = _policy().decide(consenting, asked, "record")
    assert permit.granted == asked
    assert permit.residual == ids("employment.status", "employment.provenance.asOf")


def test_a_field_outside_the_agreement_is_no_matter_of_consent() -> None:
    (error,) = _refusals(_policy(), caller(drafted("NVO-2026-001")), ids("employment.branch"))
    assert error.extensions()["rule"] == "NVO-2026-001/1"


def test_value_classes_come_with_the_permit_when_granted() -> None:
    permit = _policy().decide(
        caller(drafted("RBT-2026-001")), ids("socialInsurance.benefits.kind"), "record"
    )
    assert permit.value_classes == ids("socialInsurance.benefits#CHILD_PROTECTION")


@pytest.mark.parametrize(
    ("number", "action"),
    [
        ("ATD-2026-001", "record"),
        ("MSD-2026-001", "status"),
        ("MSD-2026-001", "changes"),
        ("MSD-2026-001", "batch"),
        ("MSD-2026-001", "everything"),
        ("DVI-2026-001", "record"),
        ("DVI-2026-001", "status"),
    ],
)
def test_an_operation_not_granted_is_refused_whole(number: str, action: str) -> None:
    of = drafted(number)
    with pytest.raises(Refused) as told:
        _policy().decide(caller(of), ids("personalCode"), action)
    assert told.value.extensions() == {
        "code": "operation_not_in_agreement",
        "operation": action,
        "granted": sorted(of.operations),
    }


def test_a_status_check_is_told_from_a_record() -> None:
    policy = _policy()
    free = ids("personalCode", "employment.provenance.asOf")
    status, more = ids("employment.status"), ids("employment.branch")
    record = caller(agreement())
    both = caller(agreement(operations=frozenset({Operation.RECORD, Operation.STATUS})))
    only = caller(agreement(operations=frozenset({Operation.STATUS})))
    assert policy.action(record, status) is Operation.RECORD
    assert policy.action(both, status | free) is Operation.STATUS
    assert policy.action(both, status | more) is Operation.RECORD
    assert policy.action(both, free) is Operation.RECORD
    assert policy.action(both, ids("employment.nothing")) is Operation.RECORD
    assert policy.action(only, status | more) is Operation.STATUS


def test_a_status_check_beyond_the_status_names_the_field() -> None:
    atd = caller(drafted("ATD-2026-001"))
    policy = _policy()
    permit = policy.decide(atd, ids("disability.status", "disability.group"), "status")
    assert permit.granted == ids("disability.status", "disability.group")
    (error,) = _refusals(policy, atd, ids("disability.status", "disability.cause"), "status")
    assert error.extensions()["field"] == "disability.cause"


def test_the_decision_set_parts_every_published_field() -> None:
    for each in documents():
        if not each.agreement.operations:
            continue
        found = _policy().decisions(caller(each.agreement))
        parts = [found.unconditional, found.residual, frozenset(found.refused)]
        assert frozenset().union(*parts) == set(catalogue().fields)
        assert sum(map(len, parts)) == len(catalogue().fields)


def test_explaining_tells_every_field_asked_in_order() -> None:
    asked = ids("employment.status", "employment.branch", "disability.cause", "zzz")
    told = _policy().explain(caller(drafted("NVO-2026-001")), asked)
    assert [(each.field, each.code, each.rule) for each in told] == [
        ("disability.cause", "field_forbidden", "special-category-needs-ground"),
        ("employment.branch", "field_not_in_agreement", "NVO-2026-001/1"),
        ("employment.status", "consent_needed", "consent-needed"),
        ("zzz", "field_not_in_agreement", "NVO-2026-001/1"),
    ]
    (granted,) = _policy().explain(MEANS, ids("employment.status"))
    assert (granted.code, granted.rule) == ("granted", "RSD-2026-001/1")
    assert granted.en.startswith("granted for ")


def test_every_agreement_of_a_client_can_be_listed_in_force_or_not() -> None:
    policy = _policy()
    mine = [each.number for each in policy.every("riga-social-service")]
    assert mine == sorted(mine)
    assert len(mine) == 9
    assert [each.number for each in policy.agreements("riga-social-service")] == [
        number for number in mine if number not in {"RSD-2026-007", "RSD-2026-008", "RSD-2035-001"}
    ]
    assert policy.every("nobody") == []


POLICY = _policy()
FIELDS = sorted(catalogue().fields)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@over(
    some.sampled_from([each.agreement for each in documents() if each.agreement.operations]),
    some.frozensets(some.sampled_from(FIELDS), max_size=15),
    some.booleans(),
)
def test_no_permit_ever_exceeds_the_decision_set(
    of: Agreement, asked: frozenset[FieldId], null: bool
) -> None:
    by = caller(replace(of, on_excess=OnExcess.NULL if null else OnExcess.REFUSE))
    action = POLICY.action(by, asked)
    verdicts = {each.field: each.code for each in POLICY.explain(by, asked)}
    excess = {path for path, code in verdicts.items() if code.startswith("field_")}
    if excess and not null:
        assert {error.details["field"] for error in _refusals(POLICY, by, asked, action)} == excess
        return
    permit = POLICY.decide(by, asked, action)
    assert permit.granted == asked - excess
    assert permit.residual <= permit.granted
    assert {each.field for each in permit.withheld} == excess


def test_consent_as_basis_with_a_special_category_needs_explicit_consent() -> None:
    plain = agreement(
        basis=LegalBasis(article6="A6-1-a", article9=None, law=()),
        fields=ids("disability.group"),
        purpose=purpose("VoluntaryEmploymentSupport"),
        consent_scope="x",
    )
    explicit = replace(
        plain, hash="01", basis=LegalBasis(article6="A6-1-a", article9="A9-2-a", law=())
    )
    asked = ids("disability.group")
    (error,) = _refusals(_policy(plain), caller(plain), asked)
    assert error.extensions()["rule"] == "special-category-needs-ground"
    assert _policy(explicit).decide(caller(explicit), asked, "record").residual == asked


def test_permits_are_made_in_this_room_alone() -> None:
    root = Path(__file__).parents[3]
    makers = [
        file.relative_to(root).as_posix()
        for folder in ("hub", "schemas", "connectors")
        for file in (root / folder).rglob("*.py")
        if re.search(r"(?<!class )\bPermit\(", file.read_text(encoding="utf-8"))
    ]
    assert makers == ["hub/policy/engine.py"]
