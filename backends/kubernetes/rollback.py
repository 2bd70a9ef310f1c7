"""Plans that go back to an earlier pod template, from what was read: pure."""

from collections.abc import Sequence

from backends.kubernetes.container import whole
from backends.kubernetes.differences import image_deltas, other_deltas
from backends.kubernetes.kinds import HISTORY
from backends.kubernetes.plans import Snapshot, all_at_once, in_flight, must_roll
from backends.kubernetes.promotion import aborting, steps_told, takes
from backends.kubernetes.rollouts import is_rollout, stable_of
from backends.kubernetes.target import (
    Json,
    annotation,
    essence,
    image_of,
    revision_of,
    target_of,
    template_fingerprint,
)
from model.catalog.schema import Service
from model.plan import Delta, Plan, RiskTier, Rollback, Step, Warning
from model.refusal import Refused
from model.slash import slash


def plan_rollback(
    service: Service, change: Rollback, seen: Snapshot, sets: Sequence[Json], stuck: Sequence[str] = ()
) -> Plan:
    """As `kubectl rollout undo`: the pod template of the revision's ReplicaSet, put back. Raises Refused.

    The plan names the ReplicaSet and its template's fingerprint: templates may hold secrets, plans are kept.
    """
    must_roll(service, seen)
    chosen = _wanted(service, change.version, seen, sets)
    wanted, before, after = revision_of(chosen), template_fingerprint(seen.item), template_fingerprint(chosen)
    target, is_same = target_of(service), before == after
    step = Step(
        call=f"kubernetes:Patch{target.object_kind}",
        params={
            "path": target.path,
            "replicaset": f"{target.holders}/{chosen['metadata']['name']}",
            "template": after,
            "expects": before,
            **whole(target),
        },
        says=f"Put the pod template of revision {wanted} back",
    )
    return Plan(
        service=service.id,
        change=Rollback(version=wanted),
        deltas=_deltas(seen, chosen),
        steps=() if is_same else (*aborting(service, seen, chosen), step),
        cautions=(
            *_held_up(service, stuck),
            *(() if is_same else steps_told(service, seen, chosen)),
            *_same(service, seen, chosen),
            *_same_image(service, seen, chosen, sets),
            *_came_from(service, seen, wanted, sets),
            *in_flight(seen),
            *all_at_once(seen),
        ),
        tier=RiskTier.R2,
        size=seen.replicas,
        fingerprint=seen.fingerprint,
        goal={"template": after},
        runs_before=before,
        runs_after=after,
        inverse=None if is_same else Rollback(version=seen.revision),
        undo=f"Puts the pod template of revision {seen.revision} back.",
        takes=takes(seen),
    )


def _held_up(service: Service, stuck: Sequence[str]) -> tuple[Warning, ...]:
    """A `warn` where a broken pod has to go by hand after the rollback.

    Source: the documentation of StatefulSets, forced rollback: one with OrderedReady waits for it for ever.
    """
    if not stuck:
        return ()
    text = "A StatefulSet waits for its broken pod for ever: a rollback alone does not heal it."
    instead = f"After this, delete it by hand: {delete_by_hand(service, stuck)}"
    return (Warning(level="warn", code="broken-pod", text=text, instead=instead),)


def delete_by_hand(service: Service, names: Sequence[str]) -> str:
    """What to type into a shell."""
    return f"kubectl delete pod {' '.join(names)} -n {target_of(service).namespace}"


def _deltas(seen: Snapshot, chosen: Json) -> tuple[Delta, ...]:
    """The revision, then all that differs; the image first, as it is what people look for."""
    revision = Delta(what="revision", before=seen.revision, after=revision_of(chosen))
    return (revision, *image_deltas(seen.running, chosen), *other_deltas(seen.running, chosen))


def _wanted(service: Service, named: str | None, seen: Snapshot, sets: Sequence[Json]) -> Json:
    """The ReplicaSet to go back to. Raises Refused with the revisions that are kept.

    Without a name it is the newest that differs from what runs by more than the stamp of a restart; of a
    Rollout whose update is under way it is the stable one.
    """
    kept = sorted((one for one in sets if revision_of(one)), key=lambda one: -int(revision_of(one)))
    now = essence(seen.running)
    others = [one for one in kept if essence(one) != now]
    choice = ", ".join(f"`{revision_of(one)}` ({image_of(one['spec']['template'])})" for one in others[:5])
    if named is not None:
        found = next((one for one in kept if revision_of(one) == named), None)
        if found is None:
            raise Refused(f"{service.id} keeps no revision {named}.", f"It keeps {choice or 'none'}.")
        return found
    stable = stable_of(seen.item, others) if is_rollout(seen.item) else None
    if others:
        return stable or others[0]
    if len(kept) > 1:
        raise Refused(
            f"Every revision that {service.id} keeps is the one that runs; only restarts lie between them.",
            f"To run another image, type {slash('deploy')} {service.id} VERSION",
        )
    raise Refused(f"{service.id} keeps no older revision.", f"See {slash('history')} {service.id}.")


def _same(service: Service, seen: Snapshot, chosen: Json) -> tuple[Warning, ...]:
    """A `warn` for a named revision that differs by the stamp of a restart alone.

    It is made all the same: while a restart fails, it keeps the pods that still run.
    """
    is_other = template_fingerprint(seen.item) != template_fingerprint(chosen)
    if not is_other or essence(seen.running) != essence(chosen):
        return ()
    text = f"Revision {revision_of(chosen)} runs the same; only a restart lies between them."
    instead = f"For one that differs, type {slash('rollback')} {service.id}"
    return (Warning(level="warn", code="restart-only", text=text, instead=instead),)


def _same_image(service: Service, seen: Snapshot, chosen: Json, sets: Sequence[Json]) -> tuple[Warning, ...]:
    """A `warn` when the way back changes the configuration alone: most people mean another image."""
    if essence(seen.running) == essence(chosen) or image_deltas(seen.item, chosen):
        return ()
    named = ", ".join(one.what for one in other_deltas(seen.running, chosen))
    text = f"The image stays the same; revision {revision_of(chosen)} differs by {named} alone."
    older = sorted(sets, key=lambda one: -int(revision_of(one) or 0))
    found = next((one for one in older if revision_of(one) and image_deltas(seen.item, one)), None)
    instead = ""
    if found is not None:
        image = image_of(found["spec"]["template"])
        instead = f"For the image before, {image}: {slash('rollback')} {service.id} {revision_of(found)}"
    return (Warning(level="warn", code="configuration-only", text=text, instead=instead),)


def _came_from(service: Service, seen: Snapshot, wanted: str, sets: Sequence[Json]) -> tuple[Warning, ...]:
    """A `warn` when the revision is newer than what runs, which was itself put back.

    A template that is put back gets a new revision; its earlier ones are in an annotation.
    """
    current = [one for one in sets if revision_of(one) == seen.revision]
    earlier = [number for one in current for number in annotation(one, HISTORY).split(",")]
    if not any(one.isdigit() and int(one) < int(wanted) for one in earlier) or wanted == seen.revision:
        return ()
    text = f"Revision {wanted} is newer than what runs; {service.id} came back from it."
    return (Warning(level="warn", code="newer", text=text),)
