"""Identifiers that look like those of AWS and are the same in every run."""

import hashlib
from dataclasses import dataclass


@dataclass
class Ids:
    """A source of identifiers; two with the same seed give the same sequence."""

    seed: str
    given: int = 0

    def hex(self, length: int) -> str:
        """The next identifier of lower-case hexadecimal digits."""
        self.given += 1
        return hashlib.sha256(f"{self.seed}/{self.given}".encode()).hexdigest()[:length]

    def digits(self, length: int) -> str:
        """The next identifier of decimal digits, not starting with a zero."""
        least = 10 ** (length - 1)
        return str(least + int(self.hex(40), 16) % (9 * least))

    def uuid(self) -> str:
        """The next identifier in the form of a UUID."""
        text = self.hex(32)
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def number(self, below: int) -> int:
        """The next number from 0 to below − 1."""
        return int(self.hex(12), 16) % below
