"""`/scale`: how many run, how large they are, and how much they may take."""

from typing import Annotated

from model.catalog.schema import Service
from model.changes import (
    Amount,
    Capacity,
    CapacityBounds,
    Change,
    Concurrency,
    InstanceClass,
    Memory,
    RateLimit,
    Replicas,
    Scale,
)
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, Count, InstanceClassNamed, IntegerParameter
from model.outcomes import ProposeChange
from model.refusal import Refused
from model.slash import slash

_Limit = Annotated[
    int | str | None, IntegerParameter("N", "a whole number, or none", 0, 10_000, may_be_none=True)
]
_Units = Annotated[int | None, IntegerParameter("N", "capacity units", 1, 40_000)]


@command(
    "scale",
    "Change how many run, or how large they are",
    Kind.CHANGE,
    examples=(
        "architect-api 6",
        "delivery-standard +2",
        "miyabi-dev min=2 max=8",
        "miyabi-api reserved=100",
        "delivery-standard memory=2048 because tasks run out of it",
    ),
    explains=(
        "A count is absolute (6) or relative (+2, -1, x2). min= and max= set the autoscaler's bounds. "
        "reserved= and provisioned= set a function's concurrency; none takes it away. memory= is in MiB. "
        "Databases take class= and replicas=, usage plans rate= and burst=, tables read= and write=."
    ),
)
def scale(
    invocation: Invocation,
    service: AService,
    count: Annotated[Amount | None, Count()] = None,
    *,
    min: Annotated[int | None, IntegerParameter("N", "the autoscaler's minimum", 0, 10_000)] = None,
    max: Annotated[int | None, IntegerParameter("N", "the autoscaler's maximum", 1, 10_000)] = None,
    reserved: _Limit = None,
    provisioned: _Limit = None,
    memory: Annotated[int | None, IntegerParameter("MIB", "memory in MiB", 128, 122_880)] = None,
    class_: Annotated[str | None, InstanceClassNamed()] = None,
    replicas: Annotated[Amount | None, Count("COUNT", "read replicas: 2 or +1")] = None,
    rate: Annotated[int | None, IntegerParameter("N", "requests a second", 0, 100_000)] = None,
    burst: Annotated[int | None, IntegerParameter("N", "requests at once", 0, 100_000)] = None,
    read: _Units = None,
    write: _Units = None,
) -> ProposeChange:
    """One kind of scaling at a time, so that one plan says it all. Raises Refused otherwise."""
    concurrency = Concurrency.model_validate({"reserved": reserved, "provisioned": provisioned})
    asked: dict[str, Change | None] = {
        "a count": Scale(desired=count) if count is not None else None,
        "min= and max=": _bounds(service, min, max),
        "reserved=": concurrency if reserved is not None else None,
        "provisioned=": concurrency if provisioned is not None else None,
        "memory=": Memory(mib=memory) if memory is not None else None,
        "class=": InstanceClass(to=class_) if class_ is not None else None,
        "replicas=": Replicas(count=replicas) if replicas is not None else None,
        "rate= and burst=": RateLimit(rate=rate, burst=burst) if (rate, burst) != (None, None) else None,
        "read= and write=": Capacity(read=read, write=write) if (read, write) != (None, None) else None,
    }
    given = {name: change for name, change in asked.items() if change is not None}
    if len(given) != 1:
        what = f"{' and '.join(given)} are two changes" if given else "What to scale to is missing"
        raise Refused(
            f"{what}.",
            "Type one at a time: a count, bounds, a concurrency, or a size.",
            (f"{slash('scale')} {service.id} +1", f"{slash('scale')} {service.id} min=2 max=4"),
        )
    return ProposeChange(service, next(iter(given.values())))


def _bounds(service: Service, least: int | None, most: int | None) -> CapacityBounds | None:
    if least is None and most is None:
        return None
    if least is not None and most is not None and least > most:
        raise Refused(
            f"min={least} is over max={most}.",
            "Swap them.",
            (f"{slash('scale')} {service.id} min={most} max={least}",),
        )
    return CapacityBounds(min=least, max=most)
