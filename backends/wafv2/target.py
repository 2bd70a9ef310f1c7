"""What the catalog says of the firewall before a load balancer."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from backends.aws import AwsTarget
from model.catalog.fields import CatalogModel

Network = IPv4Network | IPv6Network


def _is_network(text: str) -> str:
    return str(ip_network(text))


class Own(CatalogModel):
    """A range that is never blocked, and what it is."""

    cidr: Annotated[str, AfterValidator(_is_network)] = Field(description="the range, such as 10.0.0.0/8")
    what: str = Field(description="what it is; the refusal says it")


class WafTarget(AwsTarget):
    """A web ACL, the IP set that it blocks, and the load balancer it stands before, all by name."""

    kind: Literal["wafv2"] = "wafv2"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    web_acl: str = Field(description="its name")
    ip_set: str = Field(description="the name of the IP set that it blocks")
    load_balancer: str = Field(description="the name of the load balancer it stands before")
    never: tuple[Own, ...] = Field(default=(), description="our own ranges, which are never blocked")
    source: str = Field(default="", description="where the facts are from")
