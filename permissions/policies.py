"""Puts questions to the policies and answers in words: yes, yes with approvals, or no and what would help."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import cedarpy

from model.catalog.schema import Catalog
from permissions.entities import RoleBindings, entities, request
from permissions.explaining import Explanation
from permissions.loading import SHIPPED, Loaded, Policy, Verdict, load
from permissions.query import AuthorizationQuery, Decision
from permissions.schema import BREAK_GLASS, kinds_in
from permissions.words import fill


class Policies:
    """All policies, parsed once. `version` changes with every letter of them."""

    def __init__(self, loaded: Loaded, kinds: dict[str, str], circle: RoleBindings) -> None:
        self._loaded, self._kinds, self.circle = loaded, kinds, circle
        self._order = {policy: index for index, policy in enumerate(loaded.policies.values())}

    @classmethod
    def load(cls, folder: Path | None, schema: str, catalog: Catalog | None = None) -> Self:
        """Read the policies of a folder, or the shipped ones, and check them against the schema.

        catalog: says which groups have which roles, and who answers for a whole system.
        Raises PolicyErrors with every problem.
        """
        return cls(load(folder or SHIPPED, schema), kinds_in(schema), RoleBindings(catalog))

    @property
    def version(self) -> str:
        """Twelve hex digits over the text of all policies."""
        return self._loaded.version

    @property
    def folder(self) -> Path:
        """Where they were read from."""
        return self._loaded.folder

    @property
    def all(self) -> tuple[Policy, ...]:
        """Every policy, in the order of files."""
        return tuple(self._loaded.policies.values())

    @property
    def kinds(self) -> dict[str, str]:
        """Every action there is, and the group it is in."""
        return self._kinds

    def decide(self, question: AuthorizationQuery, *, is_told: bool = True) -> Decision:
        """The answer, with its reason in words. Never raises for a question: what is unclear is denied.

        is_told: False for who wants no words where it is denied, which cost most of the time.
        """
        plain = self._decided(_without_glass(question), is_told)
        if plain.allowed or not self._may_break_glass(question):
            return plain
        broken = self._decided(question, is_told)
        opens = broken.allowed or broken.needs != plain.needs
        return replace(broken, breaks_glass=opens)

    def _decided(self, question: AuthorizationQuery, is_told: bool) -> Decision:
        verdict = self.ask([question])[0]
        if verdict.allowed:
            return self._allowing(question, verdict)
        return Explanation(self, question, verdict.policies).decision(is_told=is_told)

    def may(self, question: AuthorizationQuery) -> bool:
        """Whether it is allowed, or would be once enough others approve; cheaper than `decide` for a no."""
        question = question if self._may_break_glass(question) else _without_glass(question)
        return self.ask([question])[0].allowed or Explanation(self, question, ()).is_approvable()

    def with_plain_roles(self) -> "Policies":
        """The same policies where the groups named like roles have them, whatever the catalog says."""
        return Policies(self._loaded, self._kinds, RoleBindings())

    def ask(self, questions: Sequence[AuthorizationQuery]) -> list[Verdict]:
        """Plain answers to questions of the same person about the same resource and action."""
        first = questions[0]
        if first.action not in self._kinds:
            return [Verdict(False) for _ in questions]
        engine = self._loaded.engines[first.action]
        answers = cedarpy.is_authorized_batch(  # pyright: ignore[reportUnknownMemberType] - cedarpy
            [request(question, self.circle, engine.names) for question in questions],
            engine.policies,
            entities(first, self.circle, self._kinds[first.action]),
        )
        return [self._verdict(answer) for answer in answers]

    def _verdict(self, answer: cedarpy.AuthzResult) -> Verdict:
        found = [self._loaded.policies[name] for name in answer.diagnostics.reasons]
        policies = tuple(sorted(found, key=self._order.__getitem__))
        # A forbid that could not be evaluated would be skipped by Cedar, so an error is a no.
        return Verdict(answer.allowed and not answer.diagnostics.errors, policies)

    def _allowing(self, question: AuthorizationQuery, verdict: Verdict) -> Decision:
        first = verdict.policies[0]
        ids = tuple(policy.id for policy in verdict.policies)
        said = fill(first.says, question, self.circle)
        return Decision(True, None, first.id, said, (), ids, self.version)

    def _may_break_glass(self, question: AuthorizationQuery) -> bool:
        """Asking to break the glass counts only for people who may."""
        if not question.context.break_glass or question.action == BREAK_GLASS:
            return False
        return self.ask([replace(question, action=BREAK_GLASS)])[0].allowed


def _without_glass(question: AuthorizationQuery) -> AuthorizationQuery:
    if not question.context.break_glass:
        return question
    return replace(question, context=replace(question.context, break_glass=False))
