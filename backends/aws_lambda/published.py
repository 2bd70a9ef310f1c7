"""What it takes for a new configuration or new code to reach callers: pure."""

from collections.abc import Mapping
from typing import Any

from backends.aws_lambda.reads import Snapshot, variables
from backends.aws_lambda.target import Json, LambdaTarget
from model.catalog.schema import Service
from model.plan import Step, Warning
from model.refusal import Refused
from model.slash import slash

PUBLISHED = "the version just published"
"""Stands for its number in a plan: AWS gives it out only as the version is published."""


def publishing(
    service: Service, seen: Snapshot, code: str, weights: Mapping[str, float] | None = None
) -> tuple[Step, ...]:
    """Freeze `$LATEST`, which has to hold this code, and point the alias there; nothing without an alias."""
    if seen.alias is None:
        return ()
    function, name = LambdaTarget.of(service).function, str(seen.alias["Name"])
    publish: dict[str, Any] = {"FunctionName": function, "CodeSha256": code}
    return (
        Step(call="lambda:PublishVersion", params=publish, says="Publish it as a version, once it is ready"),
        pointing(service, seen, PUBLISHED, f"Point {name} to that version", weights),
    )


def pointing(
    service: Service, seen: Snapshot, version: str, says: str, weights: Mapping[str, float] | None = None
) -> Step:
    """UpdateAlias, only if nobody moves the alias meanwhile. weights: as they will be, else as they go on."""
    assert seen.alias is not None
    params: dict[str, Any] = {
        "FunctionName": LambdaTarget.of(service).function,
        "Name": str(seen.alias["Name"]),
        "FunctionVersion": version,
        "RevisionId": str(seen.alias["RevisionId"]),
        "RoutingConfig": {
            "AdditionalVersionWeights": {**(going_on(seen, version) if weights is None else weights)}
        },
    }
    return Step(call="lambda:UpdateAlias", params=params, says=says)


def going_on(seen: Snapshot, version: str) -> dict[str, float]:
    """The weights that stay when the alias is pointed elsewhere: a canary goes on until somebody ends it.

    To name the version that it points to, or one that it is weighted towards, is to ask for all calls there.
    """
    is_whole = any(share >= 1 for share in seen.weights.values())
    if is_whole or version == seen.version or version in seen.weights:
        return {}
    return dict(seen.weights)


def beside(weights: Mapping[str, float], version: str) -> dict[str, float]:
    """The weights of an alias that points to this version: AWS takes none of the version itself."""
    return {other: share for other, share in weights.items() if other != version}


def must_be_settled(service: Service, seen: Snapshot) -> None:
    """Raises Refused while an update of `$LATEST` is under way: AWS takes no second one."""
    if seen.latest.get("LastUpdateStatus") == "InProgress":
        raise Refused(
            f"An update of {service.id} is under way.",
            f"Look with {slash('health')} {service.id}, then type it again.",
        )


def goes_live_too(service: Service, seen: Snapshot) -> tuple[Warning, ...]:
    """What else a version published now would put live: other code stops it, other settings are told."""
    if seen.alias is None:
        return ()
    name, live, latest = seen.alias["Name"], seen.live, seen.latest
    if live.get("CodeSha256") != latest.get("CodeSha256"):
        text = (
            f"{name} points to version {seen.version}, and $LATEST holds other code, "
            "which would go live with this."
        )
        instead = f"Put that code live by itself first: {slash('deploy')} {service.id} latest"
        return (Warning(level="stop", code="other-code", text=text, instead=instead),)
    moved = differing(live, latest)
    if not moved:
        return ()
    text = f"$LATEST differs from what {name} runs in {', '.join(moved)}; that goes live with this."
    return (Warning(level="warn", code="other-settings", text=text),)


def differing(one: Json, other: Json) -> tuple[str, ...]:
    """Names of settings in which two configurations differ, variables among them; never their values."""
    plain = {"MemorySize": "memory", "Timeout": "timeout", "Runtime": "runtime", "Handler": "handler"}
    found = [name for key, name in plain.items() if one.get(key) != other.get(key)]
    before, after = variables(one), variables(other)
    return (*found, *(key for key in sorted({*before, *after}) if before.get(key) != after.get(key)))


def weighted(
    service: Service, seen: Snapshot, version: str, weights: Mapping[str, float]
) -> tuple[Warning, ...]:
    """A `warn` where the alias sends a share of calls elsewhere: that it goes on, or that it ends.

    weights: as they will be.
    """
    if not seen.weights:
        return ()
    shares = ", ".join(f"{share:.0%} to version {other}" for other, share in seen.weights.items())
    if weights:
        text = f"The alias is weighted ({shares}), and goes on so."
        number = "its number" if version == PUBLISHED else version
        instead = f"To send all calls to the new one, then type {slash('deploy')} {service.id} {number}"
        return (Warning(level="warn", code="weights-stay", text=text, instead=instead),)
    text = f"The alias is weighted ({shares}); this sends all traffic to one version."
    return (Warning(level="warn", code="weighted", text=text),)


def cold(seen: Snapshot) -> tuple[Warning, ...]:
    """A `note` where environments are kept ready, which another version does not have yet."""
    if seen.asked_ready == "none":
        return ()
    if seen.weights:
        text = f"{seen.asked_ready} provisioned environments are made anew; until then calls start cold."
    else:
        text = (
            f"{seen.asked_ready} provisioned environments are made first; until they are ready "
            f"calls go to version {seen.warming_from or seen.version}."
        )
    return (Warning(level="note", code="cold", text=text),)
