"""The smoke check before a deployment: how the service is on which the version ran first."""

from model.catalog.schema import Catalog, Service
from model.changes import Change, Deploy
from model.health import Health, Verdict
from model.plan import Warning
from model.slash import slash


def first_of(service: Service, change: Change, catalog: Catalog) -> Service | None:
    """The service to look at before this change; None where the catalog asks for no other first."""
    if not isinstance(change, Deploy) or not service.deploys_after:
        return None
    return catalog.service(service.deploys_after)


def smoke(service: Service, first: Service, seen: Health) -> Warning:
    """What its health says of going on (miyabi-web-api.md §2.1, steps 3 and 4: only if staging passes)."""
    match seen.verdict:
        case Verdict.OK:
            text = f"{first.id} is ok now: {len(seen.signs)} signs were looked at."
            return Warning(level="note", code="smoke", text=text)
        case Verdict.DOWN:
            return Warning(
                level="stop",
                code="smoke",
                text=f"{first.id}, where this has to run first, is down: {seen.reason}.",
                instead=f"Look with {slash('health')} {first.id}. To go back instead: "
                f"{slash('rollback')} {service.id}",
            )
        case verdict:
            text = f"{first.id}, where this has to run first, is {verdict}: {seen.reason}."
            return Warning(
                level="warn", code="smoke", text=text, instead=f"Look with {slash('health')} {first.id}"
            )
