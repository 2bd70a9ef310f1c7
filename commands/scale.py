"""`/scale`: how many run, between which bounds, with how much concurrency."""

from typing import Annotated

from model.change import Amount, Bounds, Concurrency, Scale
from model.language.declare import Kind, command
from model.language.parameters import AService, Count, Whole
from model.refusal import Refused
from model.world import Ask, Propose

_Limit = Annotated[int | str | None, Whole("N", "a whole number, or none", 0, 10_000, may_be_none=True)]


@command(
    "scale",
    "Change how many run",
    Kind.CHANGE,
    examples=("architect-api 6", "delivery-standard +2", "miyabi-dev min=2 max=8", "miyabi-api reserved=100"),
    explains=(
        "A count is absolute (6) or relative (+2, -1, x2). min= and max= set the autoscaler's bounds. "
        "reserved= and provisioned= set a function's concurrency; none takes it away."
    ),
)
def scale(
    ask: Ask,
    service: AService,
    count: Annotated[Amount | None, Count()] = None,
    *,
    min: Annotated[int | None, Whole("N", "the autoscaler's minimum", 0, 10_000)] = None,
    max: Annotated[int | None, Whole("N", "the autoscaler's maximum", 1, 10_000)] = None,
    reserved: _Limit = None,
    provisioned: _Limit = None,
) -> Propose:
    """One kind of scaling at a time, so that one plan says it all. Raises Refused otherwise."""
    asked = {
        "a count": count is not None,
        "min= and max=": min is not None or max is not None,
        "reserved=": reserved is not None,
        "provisioned=": provisioned is not None,
    }
    given = [name for name, is_given in asked.items() if is_given]
    if len(given) != 1:
        what = f"{' and '.join(given)} are two changes" if given else "What to scale to is missing"
        raise Refused(
            f"{what}.",
            "Type one at a time: a count, bounds, or a concurrency.",
            (f"/scale {service.id} +1", f"/scale {service.id} min=2 max=4"),
        )
    if count is not None:
        return Propose(service, Scale(desired=count))
    if min is not None or max is not None:
        if min is not None and max is not None and min > max:
            raise Refused(
                f"min={min} is over max={max}.", "Swap them.", (f"/scale {service.id} min={max} max={min}",)
            )
        return Propose(service, Bounds(min=min, max=max))
    return Propose(service, Concurrency.model_validate({"reserved": reserved, "provisioned": provisioned}))
