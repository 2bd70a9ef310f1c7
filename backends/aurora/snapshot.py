"""A cluster as it was read at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from backends.aurora.target import AuroraTarget, Json
from model.catalog.schema import Service
from model.plan import fingerprint
from model.refusal import Refused
from model.slash import slash


@dataclass(frozen=True)
class Snapshot:
    """DescribeDBClusters' entry, its instances by identifier, and whether one restored stands beside it."""

    where: AuroraTarget
    cluster: Json
    instances: Mapping[str, Json]
    has_restored: bool = False

    @property
    def status(self) -> str:
        """Such as `available`, `failing-over` or `backing-up`."""
        return str(self.cluster["Status"])

    @property
    def members(self) -> list[Json]:
        """DBClusterMembers."""
        return cast(list[Json], self.cluster.get("DBClusterMembers") or [])

    @property
    def writer(self) -> str:
        """The instance that takes writes; empty where there is none."""
        named = (str(one["DBInstanceIdentifier"]) for one in self.members if one.get("IsClusterWriter"))
        return next(named, "")

    @property
    def readers(self) -> tuple[str, ...]:
        """The other instances, the one of the lowest promotion tier first: that is whom Aurora prefers."""
        found = [
            (int(one.get("PromotionTier") or 0), str(one["DBInstanceIdentifier"]))
            for one in self.members
            if not one.get("IsClusterWriter")
        ]
        return tuple(name for _, name in sorted(found))

    @property
    def mark(self) -> str:
        """The fingerprint of what plans depend on."""
        names = ",".join(sorted(str(one["DBInstanceIdentifier"]) for one in self.members))
        arn, beside = str(self.cluster["DBClusterArn"]), str(self.has_restored)
        return fingerprint({"arn": arn, "members": names, "writer": self.writer, "restored": beside})

    def status_of(self, instance: str) -> str:
        """An instance's own status."""
        return str(self.instances.get(instance, {}).get("DBInstanceStatus", "missing"))

    def class_of(self, instance: str) -> str:
        """An instance's class; empty where it is not known."""
        return str(self.instances.get(instance, {}).get("DBInstanceClass", ""))

    def must_be_available(self, service: Service) -> None:
        """Raises Refused while something is done to the cluster."""
        if self.status != "available":
            raise Refused(
                f"{self.where.cluster} is {self.status}, and takes no change until it is available.",
                f"Look with {slash('health')} {service.id}, and try again in a few minutes.",
            )
