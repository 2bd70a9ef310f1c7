"""What a service of AWS that is modelled here declares in its own file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playground.aws.cloud import Cloud, Operation


@dataclass(frozen=True)
class Modelled:
    """One service. signing: its name in a signature; model: botocore's name of it.

    seed: puts what the runbooks name in place, before anyone plays. prefix: its name in IAM actions,
    where that is not the signing name.
    """

    signing: str
    model: str
    operations: Mapping[str, Operation]
    seed: Callable[[Cloud], None] = lambda world: None
    prefix: str = ""
