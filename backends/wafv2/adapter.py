"""The backend of kind `wafv2`: ranges blocked, and the firewall put before the load balancer."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from backends.aws import AwsBackend
from backends.aws_api import pages
from backends.wafv2.plans import Snapshot, plan_attach, plan_block
from backends.wafv2.target import WafTarget
from model.catalog.schema import Service
from model.changes import AttachWaf, Block, Change
from model.health import Check, Health, Verdict, worst
from model.plan import Plan, Progress, Step
from model.ports.backend import BackendError, Fault, Grant

SCOPE = "REGIONAL"
FRESH = timedelta(seconds=60)
"""For how long WAF may still answer what was before a change (its documentation says up to minutes)."""

PAGES = 20


class Waf(AwsBackend):
    """IP sets are read, merged and written with their lock token."""

    kind = "wafv2"
    target = WafTarget

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """IAM actions; lists have no resources. SetWebACL is what WAF itself checks on the balancer."""
        target = WafTarget.of(service)
        ours = target.arn_of("wafv2", "regional")
        balancer = target.arn_of("elasticloadbalancing", "loadbalancer/app")
        acl, its = f"{ours}/webacl/{target.web_acl}/*", f"{balancer}/{target.load_balancer}/*"
        return (
            Grant(("wafv2:GetIPSet", "wafv2:UpdateIPSet"), (f"{ours}/ipset/{target.ip_set}/*",)),
            Grant(("wafv2:AssociateWebACL",), (acl, its)),
            Grant(
                (
                    "elasticloadbalancing:SetWebACL",
                    "wafv2:DisassociateWebACL",
                    "wafv2:GetWebACLForResource",
                ),
                (its,),
            ),
            Grant(("elasticloadbalancing:DescribeLoadBalancers", "wafv2:ListIPSets", "wafv2:ListWebACLs")),
        )

    async def reach(self, service: Service) -> None:
        """Set, ACL and balancer are there. Raises BackendError."""
        await self._seen(service)

    async def health(self, service: Service) -> Health:
        """Whether it stands before the load balancer, and how much it blocks. Raises BackendError."""
        target, seen = WafTarget.of(service), await self._seen(service)
        said = "before the load balancer" if seen.attached == seen.acl_arn else "not attached"
        count = len(seen.addresses)
        sign = Check(name="firewall", value=f"{target.web_acl} {said}; {count} blocked", verdict=Verdict.OK)
        verdict, reason = worst((sign,))
        return Health(service=service.id, verdict=verdict, reason=reason, signs=(sign,))

    def accepts(self, change: Change) -> bool:
        """Blocking, and the firewall itself."""
        return isinstance(change, Block | AttachWaf)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Raises BackendError, Refused."""
        target = WafTarget.of(service)
        if isinstance(change, Block):
            return plan_block(service, change, target, await self._seen(service))
        assert isinstance(change, AttachWaf)
        return plan_attach(service, change, target, await self._seen(service))

    async def fingerprint(self, service: Service) -> str:
        """Of the blocked addresses and of what stands before the balancer."""
        return (await self._seen(service)).mark

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call; an IP set that others changed meanwhile is read and merged again, a few times."""
        target = WafTarget.of(service)
        if step.call != "wafv2:UpdateIPSet":
            operation = {
                "wafv2:AssociateWebACL": "associate_web_acl",
                "wafv2:DisassociateWebACL": "disassociate_web_acl",
            }[step.call]
            await self._api("wafv2").change(target, operation, **step.params)
            return
        for attempt in range(3):
            try:
                await self._merge(target, step)
                return
            except BackendError as error:
                if error.fault is not Fault.CONFLICT or attempt == 2:
                    raise

    async def _merge(self, target: WafTarget, step: Step) -> None:
        cidr = str(step.params["cidr"])
        name = {"Name": target.ip_set, "Scope": SCOPE, "Id": step.params["Id"]}
        read = await self._api("wafv2").read(target, "get_ip_set", **name)
        kept = [one for one in cast(list[str], read["IPSet"]["Addresses"]) if one != cidr]
        addresses = kept if step.params["lift"] else [*kept, cidr]
        change = {"Addresses": addresses, "LockToken": read["LockToken"]}
        await self._api("wafv2").change(target, "update_ip_set", **name, **change)

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """Whether it is as the step would make it."""
        seen = await self._seen(service)
        if step.call == "wafv2:UpdateIPSet":
            return (step.params["cidr"] in seen.addresses) is not bool(step.params["lift"])
        return bool(seen.attached) is (step.call == "wafv2:AssociateWebACL")

    def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until WAF shows what was asked for."""
        return self._until_over(lambda: self._progress(service, plan, since))

    async def _progress(self, service: Service, plan: Plan, since: datetime) -> Progress:
        seen = await self._seen(service)
        if "cidr" in plan.goal:
            is_so = (plan.goal["cidr"] in seen.addresses) is bool(plan.goal["blocked"])
        else:
            is_so = seen.attached == plan.goal["attached"]
        if is_so:
            return Progress(ok=True, last_event=f"{plan.deltas[0].what}: {plan.deltas[0].after}.")
        if self._clock() >= since + FRESH:
            return Progress(ok=False, why="The firewall does not show it; something else changed it.")
        return Progress(last_event="The firewall does not show it yet.")

    async def _seen(self, service: Service) -> Snapshot:
        target = WafTarget.of(service)
        ip_set, acl, balancer = await asyncio.gather(
            self._named(target, "list_ip_sets", "IPSets", target.ip_set),
            self._named(target, "list_web_acls", "WebACLs", target.web_acl),
            self._balancer(target),
        )
        name = {"Name": target.ip_set, "Scope": SCOPE, "Id": ip_set["Id"]}
        read, attached = await asyncio.gather(
            self._api("wafv2").read(target, "get_ip_set", **name),
            self._api("wafv2").read(target, "get_web_acl_for_resource", ResourceArn=balancer),
        )
        return Snapshot(
            set_id=str(ip_set["Id"]),
            addresses=tuple(cast(list[str], read["IPSet"]["Addresses"])),
            acl_arn=str(acl["ARN"]),
            attached=str(cast(dict[str, Any], attached.get("WebACL") or {}).get("ARN", "")),
            balancer_arn=balancer,
        )

    async def _named(self, target: WafTarget, operation: str, key: str, name: str) -> dict[str, Any]:
        """The entry of a list with this name. Raises BackendError when there is none."""
        ask = partial(self._api("wafv2").read, target, operation)
        async for page in pages(ask, marker="NextMarker", most=PAGES, Scope=SCOPE, Limit=100):
            for one in cast(list[dict[str, Any]], page.get(key, [])):
                if one["Name"] == name:
                    return one
        what = f"There is no {key.removesuffix('s')} called {name} in {target.region}."
        raise BackendError(Fault.NOT_FOUND, what, "Check the name in the catalog.")

    async def _balancer(self, target: WafTarget) -> str:
        answer = await self._api("elbv2").read(
            target, "describe_load_balancers", Names=[target.load_balancer]
        )
        return str(answer["LoadBalancers"][0]["LoadBalancerArn"])
