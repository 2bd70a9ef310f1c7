"""What the catalog says of a load balancer."""

from typing import Any, Literal

from pydantic import Field

from backends.aws import AwsTarget

Json = dict[str, Any]


class LoadBalancerTarget(AwsTarget):
    """A load balancer, the target group behind it, both by name, and the ports it has to listen on."""

    kind: Literal["elbv2"] = "elbv2"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    load_balancer: str = Field(description="its name")
    target_group: str = Field(description="the name of the target group behind it")
    ports: tuple[int, ...] = Field(default=(80,), description="the ports it has to listen on")
    source: str = Field(default="", description="where the facts are from")
