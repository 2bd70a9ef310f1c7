"""AWS WAF: IP sets with lock tokens, web ACLs, and what stands before which load balancer."""

from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

from playground.aws.cloud import ApiCall, Cloud, Operation, Region
from playground.aws.modelled import Modelled
from playground.aws.refusal import AwsError

SYSTEMS = {
    "us-west-2": ("miyabi-waf-dev", "miyabi-blocked-dev"),
    "us-east-1": ("delivery-standard-waf", "delivery-standard-blocked"),
}
ARCHITECT = ("architect-waf", "architect-blocked", "architect-prod")


@dataclass
class IpSet:
    """A list of ranges. lock: changes with every write."""

    id: str
    name: str
    arn: str
    lock: str
    addresses: list[str] = field(default_factory=list[str])


@dataclass
class Acl:
    """A web ACL."""

    id: str
    name: str
    arn: str
    lock: str


@dataclass
class Waf:
    """Everything of one region. before: load balancer's ARN → web ACL's ARN."""

    sets: dict[str, IpSet] = field(default_factory=dict[str, IpSet])
    acls: dict[str, Acl] = field(default_factory=dict[str, Acl])
    before: dict[str, str] = field(default_factory=dict[str, str])


def _missing(what: str) -> AwsError:
    message = f"AWS WAF couldn't perform the operation because your resource doesn't exist. ({what})"
    return AwsError("WAFNonexistentItemException", message)


def _must_be_regional(ask: ApiCall) -> Waf:
    if ask.params.get("Scope") not in {"REGIONAL", "CLOUDFRONT"}:
        raise AwsError(
            "WAFInvalidParameterException", "Error reason: The scope is not valid., field: SCOPE_VALUE"
        )
    return ask.region.state(Waf)


def list_ip_sets(ask: ApiCall) -> dict[str, Any]:
    """ListIPSets."""
    found = _must_be_regional(ask).sets.values()
    shown = [{"Name": one.name, "Id": one.id, "ARN": one.arn, "LockToken": one.lock} for one in found]
    return {"IPSets": shown}


def list_web_acls(ask: ApiCall) -> dict[str, Any]:
    """ListWebACLs."""
    found = _must_be_regional(ask).acls.values()
    shown = [{"Name": one.name, "Id": one.id, "ARN": one.arn, "LockToken": one.lock} for one in found]
    return {"WebACLs": shown}


def _ip_set(ask: ApiCall) -> IpSet:
    found = _must_be_regional(ask).sets.get(str(ask.params.get("Id")))
    if found is None or found.name != ask.params.get("Name"):
        raise _missing("IP set")
    return found


def get_ip_set(ask: ApiCall) -> dict[str, Any]:
    """GetIPSet, with the token that a write needs."""
    found = _ip_set(ask)
    shown = {
        "Name": found.name,
        "Id": found.id,
        "ARN": found.arn,
        "IPAddressVersion": "IPV4",
        "Addresses": list(found.addresses),
    }
    return {"IPSet": shown, "LockToken": found.lock}


def update_ip_set(ask: ApiCall) -> dict[str, Any]:
    """UpdateIPSet: the whole list anew, refused when the token is not the newest."""
    found = _ip_set(ask)
    if ask.params.get("LockToken") != found.lock:
        message = "AWS WAF couldn't save your changes: someone changed the resource after you read it."
        raise AwsError("WAFOptimisticLockException", message)
    for one in ask.params["Addresses"]:
        try:
            is_v4 = ip_network(one).version == 4
        except ValueError:
            is_v4 = False
        if not is_v4 or "/" not in one or one.endswith("/0"):
            message = f"Error reason: Your IP address is not valid., field: IP_ADDRESS, parameter: {one}"
            raise AwsError("WAFInvalidParameterException", message)
    found.addresses = list(dict.fromkeys(ask.params["Addresses"]))
    found.lock = ask.region.ids.uuid()
    return {"NextLockToken": found.lock}


def _balancer(ask: ApiCall) -> str:
    arn = str(ask.params.get("ResourceArn"))
    if arn not in {one["LoadBalancerArn"] for one in ask.region.balancers}:
        raise _missing("load balancer")
    return arn


def associate_web_acl(ask: ApiCall) -> dict[str, Any]:
    """AssociateWebACL; one that stood there before gives way, as at AWS."""
    waf, arn = ask.region.state(Waf), _balancer(ask)
    if ask.params.get("WebACLArn") not in {one.arn for one in waf.acls.values()}:
        raise _missing("web ACL")
    waf.before[arn] = str(ask.params["WebACLArn"])
    return {}


def disassociate_web_acl(ask: ApiCall) -> dict[str, Any]:
    """DisassociateWebACL."""
    ask.region.state(Waf).before.pop(_balancer(ask), None)
    return {}


def get_web_acl_for_resource(ask: ApiCall) -> dict[str, Any]:
    """GetWebACLForResource; no `WebACL` where there is none."""
    waf = ask.region.state(Waf)
    arn = waf.before.get(_balancer(ask))
    found = next((one for one in waf.acls.values() if one.arn == arn), None)
    if found is None:
        return {}
    return {"WebACL": {"Name": found.name, "Id": found.id, "ARN": found.arn}}


OPERATIONS: dict[str, Operation] = {
    "ListIPSets": list_ip_sets,
    "ListWebACLs": list_web_acls,
    "GetIPSet": get_ip_set,
    "UpdateIPSet": update_ip_set,
    "AssociateWebACL": associate_web_acl,
    "DisassociateWebACL": disassociate_web_acl,
    "GetWebACLForResource": get_web_acl_for_resource,
}


def seed(world: Cloud) -> None:
    """A web ACL and an empty IP set for each load balancer; the Architect's balancer is added."""
    for name, (acl, ip_set) in SYSTEMS.items():
        _add(world.region(name), acl, ip_set)
    region = world.region("us-east-1")
    acl, ip_set, balancer = ARCHITECT
    _add(region, acl, ip_set)
    arn = region.arn("elasticloadbalancing", f"loadbalancer/app/{balancer}/{region.ids.hex(16)}")
    region.balancers.append(
        {
            "LoadBalancerArn": arn,
            "DNSName": f"{balancer}-{region.ids.digits(9)}.{region.name}.elb.amazonaws.com",
            "CreatedTime": world.now(),
            "LoadBalancerName": balancer,
            "Scheme": "internet-facing",
            "VpcId": f"vpc-{region.ids.hex(17)}",
            "State": {"Code": "active"},
            "Type": "application",
            "IpAddressType": "ipv4",
        }
    )


def _add(region: Region, acl: str, ip_set: str) -> None:
    waf = region.state(Waf)
    for kind, name in (("webacl", acl), ("ipset", ip_set)):
        id, lock = region.ids.uuid(), region.ids.uuid()
        arn = region.arn("wafv2", f"regional/{kind}/{name}/{id}")
        if kind == "webacl":
            waf.acls[id] = Acl(id, name, arn, lock)
        else:
            waf.sets[id] = IpSet(id, name, arn, lock)


WAFV2 = Modelled("wafv2", "wafv2", OPERATIONS, seed)
