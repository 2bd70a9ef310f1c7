"""The name of every key the journal uses; all share one hash tag, so that a script may touch several."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Keys:
    """Key names under one prefix, for example "{muster}"."""

    prefix: str = "{muster}"

    @property
    def heads(self) -> str:
        """Hash: stream → "<version> <mac of its newest audit entry>"."""
        return f"{self.prefix}:heads"

    @property
    def tip(self) -> str:
        """String: "<number of audit entries> <running digest>"."""
        return f"{self.prefix}:tip"

    @property
    def audit(self) -> str:
        """Redis stream: one audit entry per commit, ids 1-0, 2-0, …."""
        return f"{self.prefix}:audit"

    @property
    def dirty(self) -> str:
        """Sorted set: streams with unhandled events, by the ms from which they count as abandoned."""
        return f"{self.prefix}:dirty"

    @property
    def cursors(self) -> str:
        """Hash: stream → version up to which it has been reacted to."""
        return f"{self.prefix}:cursors"

    @property
    def setbacks(self) -> str:
        """Hash: name of a turn → "<failures in a row> <ms before which not to try again>"."""
        return f"{self.prefix}:setbacks"

    @property
    def begun(self) -> str:
        """Hash: name of a turn → how often it was begun since it last ended."""
        return f"{self.prefix}:begun"

    @property
    def aside(self) -> str:
        """Hash: name of a turn that is set aside → why and since when, as JSON."""
        return f"{self.prefix}:aside"

    @property
    def fences(self) -> str:
        """Hash: lease target → newest fencing token."""
        return f"{self.prefix}:fences"

    @property
    def posts(self) -> str:
        """Hash: message key → where it is, as JSON."""
        return f"{self.prefix}:posts"

    @property
    def timers(self) -> str:
        """Sorted set: timer keys by the ms at which they are due."""
        return f"{self.prefix}:timers"

    @property
    def payloads(self) -> str:
        """Hash: timer key → payload."""
        return f"{self.prefix}:payloads"

    def stream(self, name: str) -> str:
        """Redis stream: the events of one aggregate, ids <version>-0."""
        return f"{self.prefix}:s:{name}"

    def claim(self, name: str) -> str:
        """Hash: what a duplicate of this request is told."""
        return f"{self.prefix}:c:{name}"

    def ordered(self, index: str) -> str:
        """Sorted set: an index changed by `add` and `remove`."""
        return f"{self.prefix}:z:{index}"

    def map(self, index: str) -> str:
        """Hash: an index changed by `put` and `drop`."""
        return f"{self.prefix}:h:{index}"

    def counter(self, kind: str) -> str:
        """Counter: the newest number given to an id of this kind."""
        return f"{self.prefix}:n:{kind}"

    def lease(self, target: str) -> str:
        """String with a time to live: "<token> <holder> <since>" as JSON."""
        return f"{self.prefix}:l:{target}"

    def kept(self, name: str) -> str:
        """String with a time to live: the seal and the text of what can be asked again."""
        return f"{self.prefix}:k:{name}"

    def turn(self, name: str) -> str:
        """String with a time to live: whose turn it is to handle "drain:<stream>" or "timer:<key>"."""
        return f"{self.prefix}:t:{name}"
