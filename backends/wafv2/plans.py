"""What blocking would do, from what was read of the firewall: pure."""

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from backends.wafv2.target import Network, WafTarget
from model.catalog.schema import Service
from model.changes import AttachWaf, Block
from model.language.near import shown
from model.plan import Delta, Plan, RiskTier, Step, Warning, fingerprint
from model.refusal import Refused
from model.slash import slash

WIDEST = {4: 16, 6: 32}
"""The shortest prefix that is blocked from chat: 65,536 addresses; of IPv6 one provider's customer."""

MOST = 10_000
"""Addresses of one IP set (AWS WAF quotas)."""


@dataclass(frozen=True)
class Snapshot:
    """The IP set and the web ACL as they are. attached: the ACL before the balancer by ARN, or empty."""

    set_id: str
    addresses: tuple[str, ...]
    acl_arn: str
    attached: str
    balancer_arn: str

    @property
    def mark(self) -> str:
        """The fingerprint of what plans depend on."""
        state = {"addresses": ",".join(sorted(self.addresses)), "attached": self.attached}
        return fingerprint(state)


def network(text: str, target: WafTarget) -> Network:
    """The range that is meant. Raises Refused for what is none, is too wide or is our own."""
    try:
        found = ip_network(text, strict=True)
    except ValueError as error:
        raise Refused(
            f"{shown(text)} is no address range: {str(error).rstrip('.')}.",
            "Type an address such as 203.0.113.50, or a range such as 203.0.113.0/24.",
        ) from error
    if found.prefixlen == 0:
        raise Refused(
            f"{found} is everyone, and blocking it takes the service down.",
            f"Name the addresses: {slash('metrics')} SERVICE requests-by-client shows who asks most.",
        )
    if found.prefixlen < WIDEST[found.version]:
        raise Refused(
            f"{found} is {found.num_addresses:,} addresses, too many to block from here.",
            f"Type a range of /{WIDEST[found.version]} or narrower.",
        )
    _must_be_foreign(found, target)
    return found


def _must_be_foreign(found: Network, target: WafTarget) -> None:
    special = found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified
    if special:
        raise Refused(f"{found} is no address that comes from outside.", "Look the address up in the logs.")
    for own in target.never:
        range_ = ip_network(own.cidr)
        if range_.version == found.version and found.overlaps(range_):  # pyright: ignore[reportArgumentType]  # same version
            raise Refused(
                f"{found} overlaps {own.cidr}, {own.what}: blocking it would hurt ourselves.",
                "Type an address from outside.",
            )


def plan_block(service: Service, change: Block, target: WafTarget, seen: Snapshot) -> Plan:
    """The IP set with the range, or (`lift`) without it. Raises Refused."""
    found = str(ip_network(change.cidr)) if change.lift else str(network(change.cidr, target))
    is_there = found in seen.addresses
    if change.lift and not is_there:
        listed = ", ".join(seen.addresses[:8]) or "nothing"
        raise Refused(f"{found} is not blocked.", f"Blocked: {listed}.")
    after = [one for one in seen.addresses if one != found] + ([] if change.lift else [found])
    if len(after) > MOST:
        raise Refused("The list of blocked addresses is full.", "Lift some, or block a wider range.")
    verb = "no longer block" if change.lift else "block"
    step = Step(
        call="wafv2:UpdateIPSet",
        params={"Id": seen.set_id, "cidr": found, "lift": change.lift},
        says=f"{verb} {found} in the IP set {target.ip_set}; every other address stays",
    )
    is_changed = change.lift == is_there
    size = ip_network(found).num_addresses
    return Plan(
        service=service.id,
        change=change.model_copy(update={"cidr": found}),
        deltas=(
            Delta(
                what=f"{found} ({size:,} address{'es' if size > 1 else ''})",
                before="blocked" if is_there else "let in",
                after="let in" if change.lift else "blocked",
            ),
        ),
        steps=(step,) if is_changed else (),
        cautions=() if seen.attached == seen.acl_arn else (_not_attached(service, target),),
        tier=RiskTier.R2,
        size=len(seen.addresses),
        fingerprint=seen.mark,
        goal={"cidr": found, "blocked": not change.lift},
        inverse=Block(cidr=found, lift=not change.lift) if is_changed else None,
        undo=f"Blocks {found} again." if change.lift else f"Lets {found} in again.",
    )


def _not_attached(service: Service, target: WafTarget) -> Warning:
    return Warning(
        level="warn",
        code="not-attached",
        text=f"{target.web_acl} does not stand before {target.load_balancer}, so this blocks nobody yet.",
        instead=f"Type {slash('block')} {service.id} waf",
    )


def plan_attach(service: Service, change: AttachWaf, target: WafTarget, seen: Snapshot) -> Plan:
    """The web ACL before the load balancer, or (`detach`) no longer. Raises Refused."""
    if seen.attached and seen.attached != seen.acl_arn:
        other = seen.attached.split("/")[-2]
        raise Refused(
            f"Another web ACL, {other}, stands before {target.load_balancer}.",
            "Only one can; whoever put it there has to take it away.",
        )
    is_there = bool(seen.attached)
    params: dict[str, Any] = {"ResourceArn": seen.balancer_arn}
    if not change.detach:
        params["WebACLArn"] = seen.acl_arn
    call = "wafv2:DisassociateWebACL" if change.detach else "wafv2:AssociateWebACL"
    said = (
        f"{'take' if change.detach else 'put'} {target.web_acl} {'away from' if change.detach else 'before'}"
    )
    is_changed = is_there == change.detach
    return Plan(
        service=service.id,
        change=change,
        deltas=(
            Delta(
                what=f"firewall before {target.load_balancer}",
                before=target.web_acl if is_there else "none",
                after="none" if change.detach else target.web_acl,
            ),
        ),
        steps=(Step(call=call, params=params, says=f"{said} {target.load_balancer}"),) if is_changed else (),
        tier=RiskTier.R2,
        fingerprint=seen.mark,
        goal={"attached": "" if change.detach else seen.acl_arn},
        inverse=AttachWaf(detach=not change.detach) if is_changed else None,
        undo="Puts it before the load balancer again." if change.detach else "Takes it away again.",
    )
