"""What IAM policies allow, as far as Muster's own use them: Allow statements with wildcards."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True)
class Rights:
    """The statements of one or several policy documents."""

    statements: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, documents: Iterable[str]) -> "Rights":
        """Read policy documents. Raises ValueError for what is no JSON."""
        return cls(tuple(one for text in documents for one in json.loads(text)["Statement"]))

    def allow(self, action: str, resources: Iterable[str]) -> bool:
        """Whether the action, such as `ecs:UpdateService`, is allowed on every one of these ARNs."""
        return all(self._allows(action, arn) for arn in resources)

    def _allows(self, action: str, arn: str) -> bool:
        return any(
            action in one["Action"] and any(fnmatchcase(arn, pattern) for pattern in one["Resource"])
            for one in self.statements
        )

    @property
    def actions(self) -> frozenset[str]:
        """Every action that some statement allows."""
        return frozenset(action for one in self.statements for action in one["Action"])
