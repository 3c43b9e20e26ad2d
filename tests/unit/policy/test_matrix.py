import csv
import io
from dataclasses import astuple, replace
from pathlib import Path

from hub.model.agreement import Operation
from hub.model.catalogue import FieldId
from hub.model.decision import Verdict
from hub.policy.book import book_of
from hub.policy.matrix import MatrixRow, SummaryRow, columns, explanation, matrix, summary
from tests.unit.policy.given import agreement, catalogue, drafted, drafted_sandbox, ids, rules

GOLDEN = Path(__file__).with_name("matrix.csv")
BOOK = drafted_sandbox()


def _csv() -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns(SummaryRow))
    writer.writerows(astuple(row) for row in summary(BOOK) if row.client != "sandbox-full")
    return out.getvalue()


def test_who_sees_what_for_which_purpose_is_as_reviewed() -> None:
    """A change here is a change of who may see what: review it, then write the file anew."""
    assert _csv() == GOLDEN.read_text(encoding="utf-8")


def test_by_default_the_matrix_holds_what_is_granted() -> None:
    rows = list(matrix(BOOK, client="employment-ngo"))
    assert {row.verdict for row in rows} == {"granted", "consent_needed"}
    assert {row.agreement for row in rows} == {"NVO-2026-001"}
    assert rows[0] == MatrixRow(
        client="employment-ngo",
        agreement="NVO-2026-001",
        revision=1,
        purpose="VoluntaryEmploymentSupport",
        purpose_en=drafted("NVO-2026-001").purpose_en,
        purpose_lv=drafted("NVO-2026-001").purpose_lv,
        article6="A6-1-a",
        article9="",
        operation="record",
        register="",
        field="absences.code",
        category="ADMINISTRATIVE",
        sensitivity="ORDINARY",
        verdict="granted",
        rule="NVO-2026-001/1",
    )


def test_the_whole_matrix_holds_every_field_of_every_operation() -> None:
    verdicts = ("granted", "consent_needed", "field_not_in_agreement", "field_forbidden")
    rows = list(matrix(BOOK, client="vsaa", verdicts=verdicts))
    fields = list(catalogue().fields)
    assert len(rows) == len(fields) * 4  # two agreements, record and changes
    assert [row.field for row in rows[: len(fields)]] == sorted(fields)
    officers = {"dpo", "dpo-riga", "citizen-portal"}  # of the log alone: no field is granted
    assert {row.client for row in matrix(BOOK)} == set(BOOK.agreements) - officers


def test_a_summary_names_agreements_that_grant_nothing_too() -> None:
    (row,) = summary(BOOK, client="dpo")
    assert (row.agreement, row.register, row.fields) == ("DVI-2026-001/1", "", "")
    assert {row.client for row in summary(BOOK)} == set(BOOK.agreements)


def test_a_summary_joins_what_each_operation_grants() -> None:
    both = replace(
        agreement(fields=ids("employment.status", "employment.branch")),
        operations=frozenset({Operation.RECORD, Operation.STATUS}),
    )
    (row,) = summary(book_of(rules(), [both]))
    assert row == SummaryRow(
        client="tester",
        agreement="T-001/1",
        purpose="SocialAssistanceMeansTest",
        basis="A6-1-e",
        operations="record status",
        register="employment",
        fields="branch status",
    )


def test_an_explanation_is_one_row_a_field() -> None:
    verdict = Verdict(field=FieldId("a.b"), code="granted", rule="T-001/1", en="yes", lv="jā")
    assert explanation([verdict]) == [
        {
            "field": "a.b",
            "verdict": "granted",
            "rule": "T-001/1",
            "reason_en": "yes",
            "reason_lv": "jā",
        }
    ]
