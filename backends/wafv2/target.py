"""What the catalog says of the firewall before a load balancer."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator

from backends.aws import AwsTarget
from model.catalog.schema import CatalogModel, Service

Network = IPv4Network | IPv6Network


def _is_network(text: str) -> str:
    return str(ip_network(text))


class Own(CatalogModel):
    """A range that is never blocked, and what it is."""

    cidr: Annotated[str, AfterValidator(_is_network)]
    what: str


class WafTarget(AwsTarget):
    """A web ACL, the IP set that it blocks, and the load balancer it stands before, all by name.

    never: our own ranges and the load balancer's.
    """

    kind: Literal["wafv2"] = "wafv2"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    web_acl: str
    ip_set: str
    load_balancer: str
    never: tuple[Own, ...] = ()
    source: str = ""


def target_of(service: Service) -> WafTarget:
    """The service's firewall, which the loader made of this kind."""
    assert isinstance(service.target, WafTarget)
    return service.target
