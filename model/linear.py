"""Patterns run by RE2: time grows with the text's length and no faster, for no step is ever taken back."""
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# (re2 is untyped)

from typing import Any

import re2

Pattern = Any
"""A compiled pattern of RE2 over bytes."""

_OPTIONS = re2.Options()
_OPTIONS.encoding = re2.Options.Encoding.LATIN1
_OPTIONS.max_mem = 64 << 20
_OPTIONS.log_errors = False


def over_bytes(pattern: str) -> Pattern:
    """A pattern of Muster's own, over bytes."""
    return re2.compile(pattern.encode("latin-1"), _OPTIONS)
