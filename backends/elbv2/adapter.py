"""The backend of kind `elbv2`: what a load balancer sees of a service, and whether it can be reached."""

import asyncio
from typing import cast

from backends.aws_api import AwsApi
from backends.aws_clients import AwsClients
from backends.elbv2.health import balancer_sign, listener_signs, target_sign
from backends.elbv2.target import Json, LoadBalancerTarget
from model.catalog.schema import Service
from model.health import Health, worst
from model.ports.backend import BackendError, Fault, Grant


class LoadBalancers:
    """Reads load balancers of generation 2 by name; changes nothing."""

    kind = "elbv2"
    target = LoadBalancerTarget

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """IAM actions; AWS knows no resources for reading load balancers."""
        actions = (
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth",
        )
        return (Grant(actions),)

    async def reach(self, service: Service) -> None:
        """Both names are there. Raises BackendError."""
        await self._seen(LoadBalancerTarget.of(service))

    async def close(self) -> None:
        """Give back connections."""
        await self._clients.close()

    async def health(self, service: Service) -> Health:
        """The load balancer, each port, and the targets with why they fail. Raises BackendError."""
        target = LoadBalancerTarget.of(service)
        balancer, group = await self._seen(target)
        arn = str(group["TargetGroupArn"])
        listening, targets = await asyncio.gather(
            self._elb(target, "describe_listeners", LoadBalancerArn=balancer["LoadBalancerArn"]),
            self._elb(target, "describe_target_health", TargetGroupArn=arn),
        )
        signs = (
            balancer_sign(target, balancer),
            *listener_signs(target, cast(list[Json], listening["Listeners"]), arn),
            target_sign(cast(list[Json], targets["TargetHealthDescriptions"])),
        )
        verdict, reason = worst(signs)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=signs)

    async def _seen(self, target: LoadBalancerTarget) -> tuple[Json, Json]:
        """The load balancer and the target group. Raises BackendError, `not found` for either."""
        balancers, groups = await asyncio.gather(
            self._elb(target, "describe_load_balancers", Names=[target.load_balancer]),
            self._elb(target, "describe_target_groups", Names=[target.target_group]),
        )
        found = cast(list[Json], balancers["LoadBalancers"]), cast(list[Json], groups["TargetGroups"])
        if not found[0] or not found[1]:
            missing = target.target_group if found[0] else target.load_balancer
            what = f"There is no {missing} in {target.region}."
            raise BackendError(Fault.NOT_FOUND, what, "Check the catalog; `muster check` finds such names.")
        return found[0][0], found[1][0]

    async def _elb(self, target: LoadBalancerTarget, operation: str, /, **params: object) -> Json:
        return await AwsApi(self._clients, "elbv2").read(target, operation, **params)
