"""What runbooks tell people to do and nobody should: found in the steps that a catalog repeats."""

import re

from model.catalog.problems import Diagnostic
from model.slash import spelled

_TRAPS = (
    (
        r"authorize-security-group-ingress.*(?:0\.0\.0\.0/0|::/0)",
        "It opens a port to the whole world.",
        "Block with /block SERVICE ADDRESS, or name the range that is to be let in.",
    ),
    (
        r"get-secret-value|printenv|echo\s+\$?\{?\w*(?:SECRET|PASSWORD|TOKEN)|Variables\.\w*(?:SECRET|PASSWORD|TOKEN)",
        "It prints a secret.",
        "Compare fingerprints: /config SERVICE.",
    ),
    (
        r"update-function-configuration.*--environment",
        "It replaces all variables by those that are named.",
        "Merge them: /config SERVICE set KEY=VALUE.",
    ),
    (
        r"kubectl\s+delete\s+deploy",
        "It deletes the deployment, and with it what can be rolled back to.",
        "Type /restart SERVICE --hard, which keeps the revisions.",
    ),
    (
        r"redis-cli.*\b(?:FLUSHALL|FLUSHDB|MONITOR|KEYS)\b",
        "It empties or stalls the cache, and nobody is asked.",
        "Type /cache SERVICE flush, or /cache SERVICE info.",
    ),
    (
        r"psql\b[^|]*<",
        "It restores over the data that is in use.",
        "Type /restore SERVICE BACKUP, which goes beside it.",
    ),
    (
        r"(?:modify-db-instance|rds).*--new-db-instance-identifier",
        "It renames a database with nobody else's eye on it.",
        "Type /restore SERVICE --swap.",
    ),
)


def traps_in(text: str) -> tuple[Diagnostic, ...]:
    """The traps that a step's text repeats. Never raises."""
    joined = re.sub(r"\\\n\s*", " ", text)
    return tuple(
        Diagnostic.of_text(text, what, spelled(instead))
        for pattern, what, instead in _TRAPS
        if re.search(pattern, joined, re.IGNORECASE | re.DOTALL)
    )
