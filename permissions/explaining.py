"""Why not, and what would make it allowed: found by asking the same policies with one fact changed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from model.people import Person
from model.slash import slash
from permissions.entities import RoleBindings, has_command
from permissions.loading import Policy, Verdict
from permissions.query import Approval, AuthorizationQuery, Decision, Needs
from permissions.schema import BREAK_GLASS
from permissions.words import fill, listed

_MOST_APPROVALS = 3
"""As many as a catalog may ask for."""


class PolicySet(Protocol):
    """The policies, as far as explaining needs them."""

    @property
    def circle(self) -> RoleBindings:
        """Who is what to a service."""
        ...

    @property
    def version(self) -> str:
        """Of the policies' text."""
        ...

    def ask(self, questions: Sequence[AuthorizationQuery]) -> list[Verdict]:
        """Plain answers to questions of the same person about the same resource and action."""
        ...


class Explanation:
    """One denied question. `against`: the policies that forbid it, none when nothing permits it."""

    def __init__(self, policies: PolicySet, question: AuthorizationQuery, against: Sequence[Policy]) -> None:
        self._policies, self._question = policies, question
        self._forbidding = [policy for policy in against if policy.forbids]

    def decision(self, *, is_told: bool = True) -> Decision:
        """The denial, or what approvals it still needs. is_told: whether a denial says why, in words."""
        needs = self._needs()
        ids = tuple(policy.id for policy in self._forbidding)
        version = self._policies.version
        if needs is not None:
            policy, said = self._permitting(needs)
            return Decision(False, needs, policy, said, (approvals_in_words(needs),), ids, version)
        if not is_told:
            return Decision(False, None, ids[0] if ids else "", "", (), ids, version)
        if lasting := self._lasting():
            first = lasting[0]
            said = fill(first.says, self._question, self._policies.circle)
            return Decision(False, None, first.id, said, tuple(self._ways()), ids, version)
        return Decision(False, None, "", self._unpermitted(), tuple(self._ways()), ids, version)

    def _lasting(self) -> list[Policy]:
        """What forbids it however many approve: what approvals would lift is not the reason."""
        if not self._forbidding:
            return []
        verdict = self._policies.ask([self._fully_approved(self._question)])[0]
        return [policy for policy in verdict.policies if policy.forbids]

    def is_approvable(self) -> bool:
        """Whether any number of approvals would be enough."""
        return self._allowed([self._fully_approved(self._question)])[0]

    def _allowed(self, questions: Sequence[AuthorizationQuery]) -> list[bool]:
        return [verdict.allowed for verdict in self._policies.ask(questions)] if questions else []

    def _facts(self, **changes: object) -> AuthorizationQuery:
        return replace(self._question, context=replace(self._question.context, **changes))  # pyright: ignore[reportArgumentType] - names are Facts' own

    def _needs(self, question: AuthorizationQuery | None = None) -> Needs | None:
        """The fewest further approvals, by the widest circle of people, that would be enough."""
        asked = question or self._question
        if not self._allowed([self._fully_approved(asked)])[0]:
            return None
        tries = [Needs(n, groups) for n in range(1, _MOST_APPROVALS + 1) for groups in self._circles()]
        supposed = [_approved(asked, needs) for needs in tries]
        enough = (needs for needs, is_enough in zip(tries, self._allowed(supposed), strict=True) if is_enough)
        return next(enough, None)

    def _fully_approved(self, question: AuthorizationQuery) -> AuthorizationQuery:
        """The question with as many approvals as count at all, by people who are everything at once."""
        groups = tuple(handle for circle in self._circles() for handle in circle)
        return _approved(question, Needs(_MOST_APPROVALS, groups), is_by_all=True)

    def _circles(self) -> list[tuple[str, ...]]:
        """People on call, owners and operators; without people on call; operators alone.

        The approver supposed is in the last group of the circle that the wider ones do not need.
        """
        circle, question = self._policies.circle, self._question
        operators, owners = circle.handles("operators"), circle.owners(question)
        on_call = circle.on_call(question)
        circles = [(*on_call, *owners, *operators), (*owners, *operators), operators]
        return [tuple(dict.fromkeys(groups)) for groups in circles if groups]

    def _permitting(self, needs: Needs) -> tuple[str, str]:
        asked = _approved(self._question, needs)
        first = self._policies.ask([asked])[0].policies[0]
        return first.id, fill(first.says, asked, self._policies.circle)

    def _ways(self) -> Iterator[str]:
        """What the person could do instead, nearest first."""
        facts = self._question.context
        tries = self._by_command()
        if held := facts.lease_held_by_other:
            tries.append(
                (self._facts(goes_back=True), f"To take {held} back, type `{slash('undo')} {held}`.")
            )
            tries.append((self._facts(queue=True), "To come next, add `queue`."))
        if not facts.because:
            tries.append((self._facts(because=True), "Give a reason: add `because …` at the end."))
        if facts.incident and not facts.is_mitigation:
            said = f"If it belongs to {facts.incident}, ask in that incident's channel."
            tries.append((self._facts(is_mitigation=True, because=True), said))
        if facts.frozen and not facts.incident:
            said = (
                f"If something is broken, declare it with {slash('incident declare')} "
                "and repair it in its channel."
            )
            tries.append((self._facts(is_mitigation=True, incident="supposed", because=True), said))
        if facts.tier > 1:
            said = "A smaller change needs less: restarting and scaling up you may do."
            tries.append((self._facts(tier=1, direction="up"), said))
        yield from self._that_help(tries)
        yield from self._by_breaking_glass()
        if not facts.dry and facts.tier > 0:
            yield from self._that_help(
                [(self._facts(dry=True), "See the plan without running it: add `dry`.")]
            )

    def _by_command(self) -> list[tuple[AuthorizationQuery, str]]:
        """For someone who leads the incident by no more than their own word: who could give them the rest."""
        question, circle = self._question, self._policies.circle
        if question.context.role != "ic" or has_command(question, circle):
            return []
        answering = circle.answering(question)
        giver: Approval = (_supposed(question, 0), frozenset(answering))
        place = question.service.id if question.service else "it"
        said = (
            f"You lead {question.context.incident}, and by that alone you change nothing of {place}: let "
            f"someone in {listed(answering)} give you the role (`{slash('incident role')} ic` and your name)."
        )
        given = (*question.context.role_given_by, giver)
        return [(self._facts(role_given_by=given, because=True), said)]

    def _that_help(self, tries: Sequence[tuple[AuthorizationQuery, str]]) -> Iterator[str]:
        for (question, said), is_allowed in zip(tries, self._allowed([q for q, _ in tries]), strict=True):
            if is_allowed:
                yield said
            elif question.context.because and (needs := self._needs(question)):
                yield f"{said} {approvals_in_words(needs)}"

    def _by_breaking_glass(self) -> Iterator[str]:
        if self._question.context.break_glass:
            return
        broken = self._facts(break_glass=True, because=True)
        may = self._policies.ask([replace(broken, action=BREAK_GLASS)])[0].allowed
        if may and any(self._allowed([broken, self._fully_approved(broken)])):
            yield "Break the glass: add `break-glass because …`; it is announced and reviewed afterwards."

    def _unpermitted(self) -> str:
        """Nothing permits it: say what lacks, or who may."""
        question = self._question
        service = question.service
        place = f" on {service.id} ({service.environment.value})" if service else ""
        typed = f"`{question.action.replace('.', ' ')}`"
        if not question.context.because:
            reasoned = self._facts(because=True)
            if any(self._allowed([reasoned, self._fully_approved(reasoned)])):
                return f"This {typed}{place} needs a reason."
        said = f"You may not run {typed}{place}."
        who = self._who_could()
        return f"{said} {_capital(who)} may." if who else said

    def _who_could(self) -> str:
        """Groups of whom one person alone, or with approvals and a reason, could do it."""
        circle, question = self._policies.circle, self._question
        groups = (
            *circle.owners(question),
            *circle.on_call(question),
            *circle.handles("operators"),
            *circle.handles("engineers"),
            *circle.handles("incident-commanders"),
        )
        able = [handle for handle in dict.fromkeys(groups) if self._could(handle)]
        return listed(tuple(able))

    def _could(self, handle: str) -> bool:
        facts = replace(self._question.context, because=True, role=None)
        other = replace(self._question, groups=frozenset({handle}), context=facts)
        return any(self._allowed([other, self._fully_approved(other)]))


def approvals_in_words(needs: Needs) -> str:
    """`It needs 2 approvals by other people in @a or @b.`"""
    count = (
        "an approval by another person" if needs.count == 1 else f"{needs.count} approvals by other people"
    )
    return f"It needs {count} in {listed(needs.groups)}."


def _approved(question: AuthorizationQuery, needs: Needs, *, is_by_all: bool = False) -> AuthorizationQuery:
    """The question as it would be with so many more approvals, each by the least of those asked for."""
    facts = question.context
    groups = frozenset(needs.groups if is_by_all else needs.groups[:1])
    more: tuple[Approval, ...] = tuple((_supposed(question, n), groups) for n in range(needs.count))
    return replace(question, context=replace(facts, approvals=(*facts.approvals, *more)))


def _supposed(question: AuthorizationQuery, number: int) -> Person:
    """Somebody else, whoever it may be."""
    return Person(team=question.person.team, user=f"supposed {number}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
