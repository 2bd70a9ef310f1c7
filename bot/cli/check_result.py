"""What `muster check` says of one thing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckResult:
    """One thing that was checked. `mend` says what to do when it is not well."""

    what: str
    is_well: bool
    detail: str = ""
    mend: str = ""

    def __str__(self) -> str:
        mark = "ok  " if self.is_well else "MEND"
        lines = [f"{mark} {self.what}" + (f": {self.detail}" if self.detail else "")]
        mend = [] if self.is_well else [f"     {line}" for line in self.mend.splitlines()]
        return "\n".join([*lines, *mend])
