"""What the rooms offer each other."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from hub.model.agreement import Agreement, Operation
from hub.model.caller import Caller, Client, Credentials
from hub.model.catalogue import Catalogue, FieldId
from hub.model.decision import DecisionSet, Permit, Verdict
from hub.model.evidence import Absence, Order, Outcome
from hub.model.personal_code import PersonalCode
from hub.ports.world import Residence


class Identify(Protocol):
    """Room ``caller``: from credentials to a verified client."""

    async def identify(self, credentials: Credentials) -> Client:
        """Verify the token; checks of binding and disabled clients run every time.

        Raises:
            BadRequest: ``header_conflict`` for a second ``Authorization`` header.
            Unauthenticated: Any code of that branch.
            ServiceUnavailable: ``issuer_unavailable``; ``audit_unavailable`` when the list of
                disabled clients can no longer be read.
        """


class PolicyEngine(Protocol):
    """Room ``policy``: agreements, guard rails, decision sets."""

    def choose(self, client: Client, credentials: Credentials) -> Caller:
        """Pick the agreement the caller invokes and check case and official.

        Raises:
            Refused: ``agreement_unknown``, ``agreement_ambiguous`` (lists numbers), …
            BadRequest: ``header_conflict``, ``header_invalid``.
            ServiceUnavailable: ``policy_unavailable``.
        """

    def edition(self) -> object:
        """Return what stands for all that decides, another object after any change.

        Raises:
            ServiceUnavailable: ``policy_unavailable``.
        """

    def action(self, caller: Caller, fields: Collection[FieldId]) -> Operation:
        """Tell whether an operation is a status check or asks for records."""

    def decisions(self, caller: Caller) -> DecisionSet:
        """Return the decision set of the caller's agreement, built once per policy version."""

    def decide(self, caller: Caller, fields: Collection[FieldId], action: str) -> Permit:
        """Make the permit, or refuse naming every excess field with its rule and reason.

        Raises:
            Refused: One per excess field, as ``Several``; each ``field``, ``rule``, ``reason``.
        """

    def explain(self, caller: Caller, fields: Collection[FieldId]) -> Sequence[Verdict]:
        """Return the verdict of every field asked, asking nothing of anybody."""

    def agreements(self, client_id: str) -> Sequence[Agreement]:
        """Return the client's agreements in force today."""


class Fetch(Protocol):
    """Room ``fetch``: cache, single flight, breaker, deadline, connector."""

    async def gather(
        self, permit: Permit, orders: Sequence[Order]
    ) -> Mapping[str, Mapping[PersonalCode, Outcome]]:
        """Ask every register once, side by side: register to (current code to outcome).

        A register that fails gives ``Unavailable`` outcomes of its own and nothing else; only
        cancellation leaves this method as an exception.
        """

    async def residences(
        self, permit: Permit, codes: Sequence[PersonalCode]
    ) -> Mapping[PersonalCode, Residence] | None:
        """Ask the population register once; None when it fails. Unknown codes are missing."""

    def peek(
        self, permit: Permit, orders: Sequence[Order]
    ) -> Mapping[str, Mapping[PersonalCode, Outcome]] | None:
        """Return what ``gather`` would, if this process has all of it at hand; else None."""

    def peek_residences(
        self, permit: Permit, codes: Sequence[PersonalCode]
    ) -> Mapping[PersonalCode, Residence] | None:
        """Return what ``residences`` would, if this process has all of it at hand; else None."""

    def grasp(
        self, permit: Permit, orders: Sequence[Order], code: PersonalCode
    ) -> Sequence[Any] | None:
        """Return what stands for the records just peeked at, of one person; None when some left."""

    def still(self, permit: Permit, grasped: Sequence[Any]) -> bool:
        """Tell whether peeking would find those very records again."""

    def forget(self, permit: Permit, codes: Collection[PersonalCode]) -> None:
        """Keep nothing at hand of these persons for this agreement, so that they are settled first
        the next time; what is kept elsewhere stays.
        """  # noqa: D205 — one sentence


class Answers(Protocol):
    """What resolvers read; ``info.context`` during assembly. Nothing here does I/O."""

    def part(self, code: PersonalCode, register: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 — the published types differ
        """Return the published object of one register and person, or None."""

    def absences(self, code: PersonalCode) -> Sequence[Absence]:
        """Return what is missing of that person, by register asked."""

    def distinct(self, codes: Sequence[PersonalCode]) -> list[PersonalCode]:
        """Return ``codes``, each person once, in the order first asked."""

    @property
    def catalogue(self) -> Catalogue:
        """What is published."""
