"""Reads policy files, and says everything that is wrong with them by file and line."""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import cedarpy

from model.catalog.problems import CatalogErrors, Diagnostic, did_you_mean
from permissions.schema import kinds_in
from permissions.words import WORDS

SHIPPED = Path(__file__).parent / "policies"
"""The policies that come with Muster."""

_BRACES = re.compile(r"\{(\w+)\}")
_NAME = re.compile(r"\w+")
_LINE = re.compile(r"\bline (\d+)\b")


class PolicyErrors(CatalogErrors):
    """Raised with every problem of the policies."""


@dataclass(frozen=True)
class Policy:
    """One policy as people speak of it: its id, its words, whether it forbids, and where it stands."""

    id: str
    says: str
    forbids: bool
    file: str
    line: int


@dataclass(frozen=True)
class Verdict:
    """What Cedar said to one question: the policies that decided, in the order of their files."""

    allowed: bool
    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True)
class Engine:
    """The policies of one action, and every name in their conditions: other facts need not be told."""

    policies: cedarpy.PolicySet
    names: frozenset[str]


@dataclass(frozen=True)
class Loaded:
    """Policies parsed once. `policies`: Cedar's own name of each → the policy, in the order of files.

    engines: action → the policies that may concern it, which is the same as all of them, only faster.
    """

    engines: dict[str, Engine]
    policies: dict[str, Policy]
    version: str
    folder: Path


def load(folder: Path, schema: str) -> Loaded:
    """Read every `*.cedar` of a folder. Raises PolicyErrors."""
    files = sorted(folder.glob("*.cedar")) if folder.is_dir() else []
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    if not texts:
        said = "has no policies (*.cedar), so nothing would be allowed."
        raise PolicyErrors([Diagnostic(str(folder), 1, "", said)])
    policies: dict[str, Policy] = {}
    problems: list[Diagnostic] = []
    for name, text in texts.items():
        found, wrong = _read(name, text, schema)
        problems += wrong
        for policy in found:
            policies[f"policy{len(policies)}"] = policy
    problems += _doubles(policies)
    if problems:
        raise PolicyErrors(problems)
    digest = hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:12]
    whole = "\n".join(texts.values())
    return Loaded(_engines(whole, schema), policies, digest, folder)


@lru_cache(maxsize=8)
def _engines(text: str, schema: str) -> dict[str, Engine]:
    said = cast(dict[str, Any], json.loads(cedarpy.policies_to_json_str(text)))
    bodies = cast(dict[str, dict[str, Any]], said["staticPolicies"])
    engines: dict[str, Engine] = {}
    same: dict[tuple[str, ...], Engine] = {}
    for action, group in kinds_in(schema).items():
        mine = {name: body for name, body in bodies.items() if _concerns(body["action"], {action, group})}
        if tuple(mine) in same:
            engines[action] = same[tuple(mine)]
            continue
        parsed = cedarpy.PolicySet.from_json_str(json.dumps({**said, "staticPolicies": mine}))
        conditions = json.dumps([body["conditions"] for body in mine.values()])
        engines[action] = same[tuple(mine)] = Engine(parsed, frozenset(_NAME.findall(conditions)))
    return engines


def _concerns(scope: dict[str, Any], names: set[str]) -> bool:
    """Whether a policy's action scope takes in one of the names; all that is not understood does."""
    if scope["op"] not in {"==", "in"}:
        return True
    entities = cast(list[dict[str, str]], scope.get("entities") or [scope.get("entity", {})])
    return any(entity.get("id") in names or "id" not in entity for entity in entities)


@lru_cache(maxsize=64)
def _read(name: str, text: str, schema: str) -> tuple[tuple[Policy, ...], tuple[Diagnostic, ...]]:
    """One file's policies and what is wrong with them. Cedar is asked once for the same text."""
    try:
        said = cast(dict[str, Any], json.loads(cedarpy.policies_to_json_str(text)))
    except ValueError as error:
        at = _LINE.search(str(error))
        return (), (Diagnostic(name, int(at[1]) if at else 1, "", f"is not Cedar: {error}"),)
    bodies = cast(dict[str, Any], said["staticPolicies"])
    policies = [_policy(name, text, bodies[f"policy{index}"]) for index in range(len(bodies))]
    problems = [problem for policy in policies for problem in _unsaid(policy)]
    checked = cedarpy.validate_policies(text, schema)  # pyright: ignore[reportUnknownMemberType] - cedarpy
    for mistake in checked.errors:
        index = mistake.policy_id.removeprefix("policy")
        policy = policies[int(index)] if index.isdigit() else None
        what = re.sub(r"for policy `policy\d+`[:,] ", "", mistake.error)
        problems.append(Diagnostic(name, policy.line if policy else 1, policy.id if policy else "", what))
    return tuple(policies), tuple(problems)


def _policy(name: str, text: str, body: dict[str, Any]) -> Policy:
    notes = cast(dict[str, str], body.get("annotations", {}))
    id = notes.get("id", "")
    at = text.find(f'@id("{id}")') if id else -1
    line = text.count("\n", 0, at) + 1 if at >= 0 else 1
    return Policy(id, notes.get("says", ""), body["effect"] == "forbid", name, line)


def _unsaid(policy: Policy) -> list[Diagnostic]:
    problems: list[Diagnostic] = []
    if not policy.id:
        problems.append(
            Diagnostic(policy.file, policy.line, "", 'a policy has no name; write @id("…") before it.')
        )
    if not policy.says:
        what = 'has no words for people; write @says("…") before it.'
        problems.append(Diagnostic(policy.file, policy.line, policy.id, what))
    for word in _BRACES.findall(policy.says):
        if word not in WORDS:
            what = f"@says knows no {{{word}}}."
            problems.append(Diagnostic(policy.file, policy.line, policy.id, what, did_you_mean(word, WORDS)))
    return problems


def _doubles(policies: dict[str, Policy]) -> list[Diagnostic]:
    first: dict[str, Policy] = {}
    problems: list[Diagnostic] = []
    for policy in policies.values():
        earlier = first.setdefault(policy.id, policy)
        if earlier is not policy and policy.id:
            where = f"{earlier.file}:{earlier.line}"
            problems.append(Diagnostic(policy.file, policy.line, policy.id, f"is taken already, in {where}."))
    return problems
