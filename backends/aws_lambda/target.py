"""What the catalog says of a function."""

from typing import Any, Literal

from model.catalog import Service, Target

Json = dict[str, Any]
Set = int | Literal["none"]
"""A concurrency: how many, or that none is set."""


class LambdaTarget(Target):
    """A function and the alias that traffic goes through; without an alias nothing can be rolled back.

    role_arn: the role to take for it; the process's own credentials when empty.
    """

    kind: Literal["lambda"] = "lambda"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    region: str
    function: str
    role_arn: str = ""
    alias: str | None = None
    log_group: str = ""


def target_of(service: Service) -> LambdaTarget:
    """The service's target, which the loader made of this kind."""
    assert isinstance(service.target, LambdaTarget)
    return service.target
