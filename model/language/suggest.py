"""Which services a form offers for what was typed so far, in a company with thousands."""

from model.catalog.schema import Catalog
from model.language.near import nearest

MOST = 100
"""Options that Slack takes in answer to a `block_suggestion`."""

LONGEST = 100
"""Characters typed that are looked at."""


def suggested(typed: str, catalog: Catalog) -> tuple[str, ...]:
    """Ids of services, at most MOST: those that begin so, that hold it, then the most alike, each once.

    Nothing typed: the first of the catalog.
    """
    word = typed.strip()[:LONGEST].casefold()
    ids = [service.id for service in catalog.services]
    begin = [id for id in ids if id.casefold().startswith(word)]
    hold = [id for id in ids if word in id.casefold()]
    found = dict.fromkeys([*begin, *hold][: 2 * MOST])
    if len(found) < MOST:
        found |= dict.fromkeys(nearest(word, ids))
    return tuple(found)[:MOST]
