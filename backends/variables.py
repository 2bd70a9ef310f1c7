"""What backends say of a service's environment variables."""

from collections.abc import Iterable

from model.catalog.schema import Service
from model.language.near import nearest, or_list, shown
from model.refusal import Refused
from model.slash import slash


def no_variable(service: Service, key: str, plain: Iterable[str]) -> Refused:
    """There is none of that name. plain: names that anyone may read, so none of secrets."""
    near = nearest(key, plain)
    said = f"Did you mean {or_list(near)}?" if near else f"{slash('config')} {service.id} lists them."
    return Refused(f"{service.id} has no variable {shown(key)}.", said)
