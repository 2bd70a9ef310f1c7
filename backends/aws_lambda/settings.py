"""Plans for a function's memory and variables, from what was read: pure, and without any secret."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backends.aws_lambda.published import (
    PUBLISHED,
    cold,
    goes_live_too,
    going_on,
    must_be_settled,
    publishing,
    weighted,
)
from backends.aws_lambda.reads import Snapshot, variables
from backends.aws_lambda.target import MOST_BYTES, LambdaTarget
from backends.variables import no_variable
from model.catalog.schema import Service
from model.changes import Configure, Memory
from model.plan import Delta, Direction, Plan, RiskTier, Step, Warning
from model.refusal import Refused
from model.secrets import Prints, is_secret, referred
from model.slash import slash

MOST_MIB = 10_240
"""Lambda's own most (AWS Lambda quotas: 128 MB to 10,240 MB)."""

_RESERVED = re.compile(
    r"AWS_(LAMBDA_\w+|(DEFAULT_)?REGION|EXECUTION_ENV|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN)"
    r"|LAMBDA_(TASK_ROOT|RUNTIME_DIR)|_HANDLER|_X_AMZN_TRACE_ID"
)
"""Variables that Lambda sets itself and refuses (AWS Lambda, defined runtime environment variables)."""

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]+")


def plan_memory(service: Service, change: Memory, seen: Snapshot) -> Plan:
    """Memory of `$LATEST`, published and pointed to where there is an alias. Raises Refused."""
    must_be_settled(service, seen)
    if change.mib > MOST_MIB:
        raise Refused(
            f"A function has at most {MOST_MIB:,} MiB.",
            f"Type {slash('scale')} {service.id} memory={MOST_MIB}",
        )
    before = int(seen.live["MemorySize"])
    is_same = before == change.mib
    params: dict[str, Any] = {**_on_latest(service, seen), "MemorySize": change.mib}
    step = Step(call=_UPDATE, params=params, says=f"Give it {change.mib:,} MiB")
    return Plan(
        service=service.id,
        change=change,
        deltas=(Delta(what="memory", before=f"{before:,} MiB", after=f"{change.mib:,} MiB"),),
        steps=() if is_same else _all(service, seen, step),
        cautions=(
            *goes_live_too(service, seen),
            *_memory_notes(before, change.mib),
            *_traffic(service, seen),
        ),
        tier=RiskTier.R2,
        direction=_direction(before, change.mib),
        fingerprint=seen.fingerprint,
        goal={"memory": change.mib, "from": seen.version, "weights": {**going_on(seen, PUBLISHED)}},
        inverse=None if is_same else Memory(mib=before),
        undo=f"Sets memory back to {before:,} MiB.",
    )


def plan_configure(
    service: Service, change: Configure, seen: Snapshot, prints: Mapping[str, str], fingerprint_of: Prints
) -> Plan:
    """Some variables set or taken away, all others written back as they are. Raises Refused.

    prints: variable → fingerprint of the secret that it is to refer to.
    """
    must_be_settled(service, seen)
    compared = _Compared(prints, fingerprint_of)
    before, latest = variables(seen.live), variables(seen.latest)
    _must_be_allowed(service, change, {**latest, **before})
    moved = {key: value for key, value in change.set.items() if compared.is_new(key, value, before)}
    gone = tuple(key for key in change.unset if key in before)
    # What is live as asked, and is not in $LATEST, would go live the other way with the rest.
    sent = {
        key: value for key, value in change.set.items() if key in moved or compared.is_new(key, value, latest)
    }
    dropped = [key for key in change.unset if key in before or key in latest]
    params: dict[str, Any] = {**_on_latest(service, seen), "Environment": {"set": sent, "unset": dropped}}
    others = len(before.keys() - moved.keys() - set(gone))
    says = f"Write {', '.join([*moved, *gone])}, and the {others} other variables as they are"
    touched = [key for key in (*moved, *gone) if _was_secret(key, before) or referred(moved.get(key, ""))]
    is_same = not moved and not gone
    return Plan(
        service=service.id,
        change=change,
        deltas=compared.deltas(change, before, gone),
        steps=() if is_same else _all(service, seen, Step(call=_UPDATE, params=params, says=says)),
        cautions=(*goes_live_too(service, seen), *_no_secret_back(touched), *_traffic(service, seen)),
        tier=RiskTier.R2,
        size=len(moved) + len(gone),
        fingerprint=seen.fingerprint,
        goal={
            "set": {**sent},
            "unset": [*dropped],
            "from": seen.version,
            "weights": {**going_on(seen, PUBLISHED)},
        },
        inverse=None if is_same or touched else _inverse(moved, gone, before),
        undo=_undo(service, seen, touched),
    )


_UPDATE = "lambda:UpdateFunctionConfiguration"


def _on_latest(service: Service, seen: Snapshot) -> dict[str, Any]:
    """What an update of `$LATEST` always carries: which function, and the revision that was read."""
    return {"FunctionName": LambdaTarget.of(service).function, "RevisionId": str(seen.latest["RevisionId"])}


def _all(service: Service, seen: Snapshot, step: Step) -> tuple[Step, ...]:
    return (step, *publishing(service, seen, str(seen.latest["CodeSha256"])))


def _traffic(service: Service, seen: Snapshot) -> tuple[Warning, ...]:
    return (*weighted(service, seen, PUBLISHED, going_on(seen, PUBLISHED)), *cold(seen))


def _direction(before: int, after: int) -> Direction:
    if before == after:
        return Direction.SAME
    return Direction.UP if after > before else Direction.DOWN


def _memory_notes(before: int, after: int) -> tuple[Warning, ...]:
    if after < before:
        text = "Less memory is less CPU too, and a call that needs more is ended."
        return (Warning(level="warn", code="less-memory", text=text),)
    return ()


def _must_be_allowed(service: Service, change: Configure, before: Mapping[str, str]) -> None:
    """Raises Refused for a secret as a literal, a reference elsewhere, and what Lambda does not take."""
    for key, value in change.set.items():
        if _RESERVED.fullmatch(key):
            raise Refused(f"Lambda sets `{key}` itself.", "Leave it out.")
        if not _KEY.fullmatch(key):
            raise Refused(f"Lambda takes no variable `{key}`.", "A letter first, and two characters or more.")
        if referred(value) is None and (is_secret(key, value) or _was_secret(key, before)):
            raise Refused(
                f"`{key}` is a secret, and its value does not belong into Slack.",
                f"Put it into Secrets Manager and type {key}=secret:NAME with its name there.",
            )
        must_be_own(service, key, referred(value))
    missing = [key for key in change.unset if key not in before]
    if missing:
        plain = [key for key in before if not is_secret(key, before[key])]
        raise no_variable(service, missing[0], plain)
    size = sum(len(f"{key}{value}".encode()) for key, value in {**before, **change.set}.items())
    if size > MOST_BYTES:
        raise Refused(f"All variables together have {size:,} bytes.", f"Lambda takes {MOST_BYTES:,}.")


def must_be_own(service: Service, key: str, secret: str | None) -> None:
    """Raises Refused for a secret that the catalog does not let the service refer to."""
    own = LambdaTarget.of(service).secrets
    if secret is None or (own and secret.startswith(own)):
        return
    raise Refused(
        f"The secret {secret} is not one of {service.id}'s own.",
        f"Type {key}=secret:{own}NAME"
        if own
        else "Name in the catalog what its secrets begin with (`secrets: …`).",
    )


def _was_secret(key: str, before: Mapping[str, str]) -> bool:
    return key in before and is_secret(key, before[key])


@dataclass(frozen=True)
class _Compared:
    """Variables as they are and as they are to be, secrets among them by their fingerprints.

    prints: variable → fingerprint of the secret that it is to refer to.
    """

    prints: Mapping[str, str]
    fingerprint_of: Prints

    def is_new(self, key: str, value: str, before: Mapping[str, str]) -> bool:
        """Whether the variable does not hold that already."""
        if key not in before:
            return True
        return self.fingerprint_of(before[key]) != (self.prints.get(key) or self.fingerprint_of(value))

    def deltas(
        self, change: Configure, before: Mapping[str, str], gone: tuple[str, ...]
    ) -> tuple[Delta, ...]:
        """One line for each variable; a secret is a fingerprint and the name of where it is from."""
        wanted = {
            key: f"fingerprint {self.prints[key]} (secret {referred(value)})" if key in self.prints else value
            for key, value in change.set.items()
        }
        lines = [
            Delta(what=key, before=self._shown(key, before, key in self.prints), after=text)
            for key, text in wanted.items()
        ]
        lines += [Delta(what=key, before=self._shown(key, before, False), after="not set") for key in gone]
        return tuple(lines) or (Delta(what="variables", before="as they are", after="as they are"),)

    def _shown(self, key: str, before: Mapping[str, str], as_print: bool) -> str:
        if key not in before:
            return "not set"
        hidden = as_print or is_secret(key, before[key])
        return f"fingerprint {self.fingerprint_of(before[key])}" if hidden else before[key]


def _no_secret_back(touched: list[str]) -> tuple[Warning, ...]:
    if not touched:
        return ()
    text = f"What {', '.join(touched)} held before is kept nowhere by Muster."
    return (Warning(level="note", code="secret", text=text),)


def _inverse(moved: Mapping[str, str], gone: tuple[str, ...], before: Mapping[str, str]) -> Configure:
    changed = (*moved, *gone)
    back = {key: before[key] for key in changed if key in before}
    return Configure(set=back, unset=tuple(key for key in moved if key not in before))


def _undo(service: Service, seen: Snapshot, touched: list[str]) -> str:
    if not touched:
        return "Writes the variables back as they were."
    if seen.alias is None:
        return "Cannot be undone here: put the old secret back in Secrets Manager and set it again."
    back = f"{slash('rollback')} {service.id} {seen.version}"
    return f"Not by itself; {back} goes back to the version that has the old secret."
