from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from hub.errors import Misconfigured
from hub.model.agreement import Agreement, LegalBasis, OnExcess, Operation, Quota, Scope, Visibility
from hub.policy.documents import fingerprint, load_documents, read_document, read_draft
from hub.policy.fieldtree import expand
from hub.policy.source import Source
from hub.policy.vocabulary import Vocabulary
from tests.unit.policy.given import catalogue, documents, ids, rules

DRAFT = """\
number: T-001
revision: 2
client: tester
recipient: {code: T, en: Tester, lv: Pārbaudītājs}
service: "34240"
purpose: SocialAssistanceMeansTest
basis: {article6: A6-1-e, article9: A9-2-b, law: [Likums]}
operations: [record, batch]
fields:
  employment: [status]
  disability: [status, group]
valid: {from: 2026-01-01}
max_subjects: 500
cache: true
controllers: [NVA, VDEĀVK]
"""


def _vocabulary() -> Vocabulary:
    return rules().vocabulary


def _read(text: str) -> Agreement:
    return read_draft("t.yaml", text, _vocabulary(), catalogue()).agreement


def _problems(text: str) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as told:
        _read(text)
    return told.value.problems


def _with(**changes: object) -> str:
    return yaml.safe_dump(
        {**yaml.safe_load(DRAFT.replace("2026-01-01", "'2026-01-01'")), **changes}
    )


def test_a_star_names_whoever_answers_for_a_field() -> None:
    assert _read(_with(controllers="*")).controllers == ("NVA", "VDEĀVK")
    assert _read(_with(controllers="*", fields={"employment": "*"})).controllers == ("NVA",)


def test_a_draft_becomes_an_agreement() -> None:
    draft = DRAFT + (
        "scope: {territories: ['0001000'], case: true}\nrequires: [case, official]\n"
        "quota: {subjects: 5, period: day}\nhours: [8, 20]\nwindow_months: 3\n"
        "visibility: delayed\nvisible_after_days: 30\non_excess: 'null'\nprocessors: [ZZ]\n"
    )
    found = read_draft("t.yaml", draft, _vocabulary(), catalogue())
    assert found.agreement == Agreement(
        number="T-001",
        revision=2,
        hash=fingerprint(found.document),
        client="tester",
        recipient="T",
        recipient_en="Tester",
        recipient_lv="Pārbaudītājs",
        service="34240",
        service_name="Datu sniegšana par pensijām, pabalstiem un atlīdzībām un to saņēmējiem",
        purpose="https://vienreiz.example/purpose#SocialAssistanceMeansTest",
        purpose_en=_vocabulary().purposes["SocialAssistanceMeansTest"].en,
        purpose_lv=_vocabulary().purposes["SocialAssistanceMeansTest"].lv,
        basis=LegalBasis(article6="A6-1-e", article9="A9-2-b", law=("Likums",)),
        operations=frozenset({Operation.RECORD, Operation.BATCH}),
        fields=ids("employment.status", "disability.status", "disability.group"),
        scope=Scope(territories=frozenset({"0001000"}), case=True),
        quota=Quota(subjects=5, period="day"),
        valid_from=date(2026, 1, 1),
        valid_to=None,
        window_months=3,
        hours=(8, 20),
        max_subjects=500,
        case_required=True,
        official_required=True,
        cache=True,
        visibility=Visibility.DELAYED,
        visible_after_days=30,
        on_excess=OnExcess.NULL,
        controllers=("NVA", "VDEĀVK"),
        processors=("ZZ",),
        consent_scope=None,
    )


def test_the_document_is_canonical_and_leaves_nothing_unsaid() -> None:
    first = read_draft("t.yaml", DRAFT, _vocabulary(), catalogue())
    again = read_draft("u.yaml", _with(), _vocabulary(), catalogue())
    assert _with().index("basis") < _with().index("number")
    assert first.document == again.document
    value = msgspec.json.decode(first.document)
    assert list(value) == sorted(value)
    assert value["fields"] == ["disability.group", "disability.status", "employment.status"]
    assert value["on_excess"] == "refuse"
    assert value["quota"] is None


def test_a_kept_document_reads_as_what_was_drafted() -> None:
    for each in documents():
        assert read_document("kept", each.document, _vocabulary(), catalogue()) == each.agreement


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda kept: b"not json", "not JSON"),
        (lambda kept: b" " + kept, "not in canonical form"),
        (lambda kept: kept.replace(b'"status":', b'"status": ') + b"\n", "not in canonical form"),
        (lambda kept: kept.replace(b"employment.status", b"employment.*"), "cannot be granted"),
        (lambda kept: kept.replace(b"https://vienreiz.example/purpose#", b""), "is a term of"),
    ],
)
def test_a_kept_document_is_never_expanded_or_forgiven(change: object, problem: str) -> None:
    kept = read_draft("t.yaml", DRAFT, _vocabulary(), catalogue()).document
    with pytest.raises(Misconfigured, match=problem):
        read_document("kept", change(kept), _vocabulary(), catalogue())  # type: ignore[operator]


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"number": "t 1"}, ["expected `str` matching regex"]),
        ({"surprise": 1}, ["t.yaml:1: object contains unknown field `surprise`"]),
        ({"purpose": "MeansTest"}, ["not a known purpose; nearest is `SocialAssistanceMeansTest`"]),
        ({"service": "99999"}, ["`99999` is not a known service"]),
        (
            {"basis": {"article6": "A6-1-z", "article9": "A9-2-b", "law": ["-"]}},
            ["`A6-1-z` is not a known article6; nearest is `A6-1-"],
        ),
        (
            {"basis": {"article6": "A6-1-e", "article9": "A9-2-z", "law": ["-"]}},
            ["`A9-2-z` is not a known article9; nearest is `A9-2-"],
        ),
        (
            {"basis": {"article6": "A6-1-e", "law": ["-"]}},
            [
                "`disability.group` is of a special category and needs `basis.article9`",
                "`disability.status` is of",
            ],
        ),
        (
            {"basis": {"article6": "A6-1-e", "article9": "A9-2-b", "law": []}},
            ["expected `array` of length >= 1"],
        ),
        ({"on_excess": None}, ["expected `str`, got `null`"]),
        (
            {"controllers": ["NVA"]},
            [
                "`VDEĀVK` answers for `disability.group` and must be named",
                "`VDEĀVK` answers for `disability.status`",
            ],
        ),
        ({"controllers": []}, ["expected `array` of length >= 1"]),
        ({"controllers": ["NVA", "VDEĀVK", "NVA"]}, ["something stands twice"]),
        ({"operations": ["record"]}, ["more than 50 persons need the operation `batch`"]),
        (
            {"operations": ["status", "batch"], "fields": {"employment": ["branch"]}},
            ["`employment.branch` does not answer a status check"],
        ),
        ({"fields": []}, ["an agreement with operations grants at least one field"]),
        (
            {"valid": {"from": "2026-02-01", "to": "2026-01-31"}},
            ["the agreement ends before it begins"],
        ),
        ({"hours": [20, 8]}, ["hours are two numbers from 0 to 24, the first smaller"]),
        ({"hours": [0, 25]}, ["hours are two numbers"]),
        ({"scope": {"case": True}}, ["a case bounds the scope, so `case` must be required"]),
        ({"scope": {"territories": ["1000"]}}, ["expected `str` matching regex"]),
        (
            {"visibility": "sealed"},
            ["no other, says why it is sealed", "a sealed agreement shares no cache"],
        ),
        ({"visibility": "delayed"}, ["no other, says by how many days"]),
        ({"oversight": "hub"}, ["who oversees the log is granted no register's field"]),
        ({"consent_scope": "income"}, ["consent as the basis and `consent_scope` go together"]),
        (
            {"basis": {"article6": "A6-1-a", "article9": "A9-2-a", "law": ["-"]}},
            ["consent as the basis and `consent_scope` go together"],
        ),
    ],
)
def test_each_contradiction_is_told(changes: Mapping[str, object], problems: list[str]) -> None:
    told = _problems(_with(**changes))
    assert len(told) == len(problems)
    for sentence, problem in zip(told, problems, strict=True):
        assert problem in sentence
        assert sentence.startswith("t.yaml:")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (
            "employment: [statsu]",
            "t.yaml:10: `employment.statsu` is not published; nearest is `employment.sta",
        ),
        ("employmnt: '*'", "t.yaml:10: `employmnt` is not published; nearest is `employment`"),
        (
            "socialInsurance: [benefits]",
            '`socialInsurance.benefits` is not a leaf; write `benefits: "*"` for all below',
        ),
        (
            "socialInsurance: {benefits: ['#HEALHT']}",
            "nearest is `socialInsurance.benefits#HEALTH`",
        ),
        ("disability: [provenance: '*']", "t.yaml:10: `disability.provenance` is not a leaf"),
        (
            "disability: [{provenance: [asOf]}]",
            "`disability.provenance.asOf` is free beside any granted field",
        ),
        ("disability:", 'names nothing below it; write "*" for everything'),
        ("disability: 3", "`disability` names nothing below it"),
        ("zzzz: [yyyy]", "`zzzz.yyyy` is not published"),
    ],
)
def test_a_wrong_tree_is_told_with_line_and_the_nearest_name(fields: str, problem: str) -> None:
    text = DRAFT.replace("  employment: [status]\n  disability: [status, group]\n", f"  {fields}\n")
    (told,) = _problems(text)
    assert problem in told


def _expanded(tree: object) -> frozenset[str]:
    found, problems = expand(Source(name="t", value=None, lines={}), tree, catalogue())
    assert problems == []
    return found


def test_a_star_is_every_leaf_below_and_no_value_class_and_nothing_free() -> None:
    known = catalogue().fields
    below = _expanded({"socialInsurance": {"benefits": "*"}})
    assert below == {
        path
        for path in known
        if path.startswith("socialInsurance.benefits.") and not known[path].is_value_class
    }
    everything = _expanded("*")
    assert everything == {
        path for path, field in known.items() if not field.free and not field.is_value_class
    }
    assert _expanded("#*") == {path for path, field in known.items() if field.is_value_class}
    assert _expanded({"employment": ["#*"]}) == {
        path for path in known if path.startswith("employment.") and "#" in path
    }


def test_a_prefix_of_a_name_is_not_a_path() -> None:
    assert not [
        path for path in _expanded({"childProtection": {"outOfHomeCare": "*"}}) if "History" in path
    ]


def test_lists_mappings_names_and_dotted_paths_mean_the_same() -> None:
    same = [
        {"employment": ["status", {"measures": ["kind", "#HEALTH"]}]},
        {"employment": {"status": "status"}, "x": []}
        and {"employment": ["status", "measures.kind", "measures#HEALTH"]},
        ["employment.status", "employment.measures.kind", "employment.measures#HEALTH"],
        [{"employment": "status"}, {"employment.measures": ["kind", "#HEALTH"]}],
    ]
    assert {_expanded(tree) for tree in same} == {
        ids("employment.status", "employment.measures.kind", "employment.measures#HEALTH")
    }


@given(some.sets(some.sampled_from(sorted(catalogue().fields)), max_size=12))
def test_a_list_of_fields_means_those_fields(chosen: set[str]) -> None:
    granted = {path for path in chosen if not catalogue().fields[path].free}  # type: ignore[index]
    assert _expanded(sorted(granted)) == granted


def test_a_draft_that_is_no_mapping_or_lacks_its_fields_is_told() -> None:
    assert _problems("[1]") == ("t.yaml:1: an agreement is one mapping",)
    without = DRAFT.replace("fields:\n  employment: [status]\n  disability: [status, group]\n", "")
    assert _problems(without) == ("t.yaml:1: object missing required field `fields`",)
    assert _problems(DRAFT.replace("purpose: SocialAssistanceMeansTest", "purpose: 3")) == (
        "t.yaml:6: expected `str`, got `int`",
    )


def test_a_folder_tells_every_problem_of_every_file(tmp_path: Path) -> None:
    for name, text in {
        "a.yaml": DRAFT,
        "b.yaml": DRAFT,
        "c.yaml": DRAFT.replace("[status]", "[statsu]"),
        "d.yaml": DRAFT.replace("SocialAssistanceMeansTest", "X"),
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured) as told:
        load_documents(tmp_path, _vocabulary(), catalogue())
    folder = tmp_path.name
    assert [problem.split(": ")[0] for problem in told.value.problems] == [
        f"{folder}/b.yaml:1",
        f"{folder}/c.yaml:10",
        f"{folder}/d.yaml:6",
    ]
