"""EC2, as far as security groups: those of the databases."""

from dataclasses import dataclass, field
from typing import Any

from playground.aws.cloud import ApiCall, Operation, Region
from playground.aws.modelled import Modelled
from playground.aws.refusal import AwsError


@dataclass
class Groups:
    """Security groups by id."""

    groups: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])


def add_group(region: Region, name: str, port: int, source: str) -> str:
    """A security group that lets a group of this name, or a range, in on one port; gives its id."""
    id = f"sg-{region.ids.hex(17)}"
    rule: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    if "/" in source:
        rule["IpRanges"] = [{"CidrIp": source}]
    else:
        rule["UserIdGroupPairs"] = [{"GroupId": f"sg-{region.ids.hex(17)}", "Description": source}]
    region.state(Groups).groups[id] = {
        "GroupId": id,
        "GroupName": name,
        "Description": name,
        "OwnerId": region.account,
        "VpcId": "vpc-0a1b2c3d4e5f60718",
        "IpPermissions": [rule],
    }
    return id


def describe_security_groups(ask: ApiCall) -> dict[str, Any]:
    """DescribeSecurityGroups by ids."""
    known = ask.region.state(Groups).groups
    wanted: list[str] = ask.params.get("GroupIds") or list(known)
    for id in wanted:
        if id not in known:
            raise AwsError("InvalidGroup.NotFound", f"The security group '{id}' does not exist")
    return {"SecurityGroups": [known[id] for id in wanted]}


OPERATIONS: dict[str, Operation] = {"DescribeSecurityGroups": describe_security_groups}
EC2 = Modelled("ec2", "ec2", OPERATIONS)
