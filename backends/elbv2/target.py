"""What the catalog says of a load balancer."""

from typing import Any, Literal

from model.catalog import Service, Target

Json = dict[str, Any]


class LoadBalancerTarget(Target):
    """A load balancer, the target group behind it, both by name, and the ports it has to listen on.

    role_arn: the role to take for it; the process's own credentials when empty.
    """

    kind: Literal["elbv2"] = "elbv2"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    region: str
    load_balancer: str
    target_group: str
    account: str = "*"
    role_arn: str = ""
    ports: tuple[int, ...] = (80,)
    source: str = ""


def target_of(service: Service) -> LoadBalancerTarget:
    """The service's load balancer, which the loader made of this kind."""
    assert isinstance(service.target, LoadBalancerTarget)
    return service.target
