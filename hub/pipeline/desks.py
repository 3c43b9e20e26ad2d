"""Questions that concern no register: who may ask, the desk's answer, the entry before release."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from graphql import OperationType
from graphql.execution.values import VariableValues
from msgspec.structs import replace

from hub.assemble.render import executed
from hub.assemble.told import Told
from hub.errors import BadRequest, Code, Internal, Refused
from hub.model.agreement import Oversight
from hub.model.caller import Caller
from hub.model.desk import DeskAnswer, DeskQuestion, Post
from hub.model.entry import Disclosure, SubjectEntry
from hub.pipeline.entries import Journal
from hub.pipeline.request import Release, Request, Rooms
from hub.plan.arguments import read_arguments
from hub.plan.limits import exceeded
from hub.plan.operation import Plan, Root

MOST_QUESTIONS: Final = 4
"""Root fields of one operation; a mutation has one."""
EARLIEST: Final = datetime(1, 1, 3, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Instants between which arguments lie: beyond, some have no place in UTC, or no hour beside."""


def is_for_desks(plan: Plan, rooms: Rooms) -> bool:
    """Tell whether an operation asks desks; what concerns registers stands apart.

    Raises:
        BadRequest: ``roots_mixed``; ``limit_exceeded`` for too many questions at once.
    """
    asked = plan.kinds & rooms.desks.keys()
    if not asked:
        return False
    if asked != plan.kinds:
        raise BadRequest(Code.ROOTS_MIXED, fields=sorted(asked))
    writes = plan.operation.operation is OperationType.MUTATION
    if len(_by_response(plan)) > (most := 1 if writes else MOST_QUESTIONS):
        raise exceeded(limit="roots", most=most)
    return True


async def at_desk(
    request: Request, rooms: Rooms, journal: Journal, variables: VariableValues
) -> Release:
    """Answer, enter, release.

    Raises:
        Refused: ``oversight_missing``; whatever policy and the desk refuse.
    """
    plan, client = journal.plan, journal.client
    assert plan is not None and client is not None  # noqa: S101, PT018 — set by the corridor
    caller = journal.caller = rooms.policy.choose(client, request.credentials)
    journal.question = tuple(sorted(plan.kinds))
    roots = _by_response(plan)
    for root in roots.values():
        check_admitted(rooms.desks[root.kind], caller)
    answers = {
        name: await rooms.desks[root.kind].answer(_question(root, variables, journal, caller))
        for name, root in roots.items()
    }
    data = _rendered(rooms, plan, variables, answers)
    decision = rooms.desks[next(iter(roots.values())).kind].decision
    pending = await rooms.access_log.enter(_entry(journal, decision, list(answers.values())))
    receipt = await pending.committed()
    body = request.encode(data, (), receipt) if request.encode else None
    return Release(data=data, errors=(), receipt=receipt, body=body)


def check_admitted(post: Post, caller: Caller) -> None:
    """Refuse whoever's agreement does not open this view.

    Raises:
        Refused: ``oversight_missing``, with what would open it.
    """
    oversight = caller.agreement.oversight
    alone = oversight is Oversight.PERSON and caller.client.person is None
    if oversight not in post.admits or alone:
        needed = sorted(str(each) for each in post.admits if each is not None)
        raise Refused(Code.OVERSIGHT_MISSING, needed=needed)


def _by_response(plan: Plan) -> Mapping[str, Root]:
    """Return root fields by response name; validation holds those of one name to one meaning."""
    found: dict[str, Root] = {}
    for root in plan.roots:
        found.setdefault(root.node.alias.value if root.node.alias else root.kind, root)
    return found


def _question(
    root: Root, variables: VariableValues, journal: Journal, caller: Caller
) -> DeskQuestion:
    arguments = read_arguments(root.definition, root.node)(variables)
    for name, value in arguments.items():
        _check_kept(name, value)
    return DeskQuestion(
        root=root.kind,
        arguments=arguments,
        caller=caller,
        at=journal.at,
        operation_id=journal.operation_id,
    )


def _check_kept(name: str, value: object) -> None:
    """Refuse what PostgreSQL cannot hold; there, it would look like a database out of order.

    Raises:
        BadRequest: ``variable_invalid``, ``window_invalid``.
    """
    match value:
        case str() if "\0" in value:
            raise BadRequest(Code.VARIABLE_INVALID, f"variable `{name}`: no text")
        case datetime() if not EARLIEST <= value <= LATEST:
            raise BadRequest(Code.WINDOW_INVALID)
        case dict():
            for each, below in value.items():
                _check_kept(each, below)
        case list():
            for below in value:
                _check_kept(name, below)
        case _:
            pass


def _rendered(
    rooms: Rooms, plan: Plan, variables: VariableValues, answers: Mapping[str, DeskAnswer]
) -> Mapping[str, Any] | None:
    told = Told({name: answer.value for name, answer in answers.items()})
    result = executed(rooms.schema, plan.document.node, plan.operation, variables, told)
    if result.errors:  # a desk's answer that does not fit what is published: ours to mend
        raise Internal(Code.INTERNAL) from result.errors[0].original_error
    return result.data


def _entry(journal: Journal, decision: str, answers: Sequence[DeskAnswer]) -> Disclosure:
    # each question of a document has a reason of its own, and none hides behind another
    reasons = " | ".join(dict.fromkeys(each.reason for each in answers if each.reason))
    subjects: dict[object, SubjectEntry] = {}
    for answer in answers:
        for entry in answer.subjects:
            subjects.setdefault(entry.subject, entry)
    header = replace(journal.header(decision), reason=reasons or None)
    return Disclosure(header=header, subjects=tuple(subjects.values()))
