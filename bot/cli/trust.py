"""`muster trust`: says on the host which Slack group a group of the catalog is from now on."""

from collections.abc import Callable

import commands
from backends.registry import target_types
from bot.clock import utc_now
from bot.configured import slash_of
from bot.open_journal import journal_of
from bot.settings import Settings
from model.catalog_loader import load_catalog
from model.events import Actor
from model.groups.events import STREAM, Source, Trusted, to_event
from model.language.parameters import ParseContext
from model.language.parse import parse
from model.ports.journal import Commit, Write
from model.refusal import Refused
from model.slash import install

Say = Callable[[str], None]


async def trust(settings: Settings, group: str, source: str, say: Say) -> int:
    """0 when it is recorded; 1 for what is no group or no source.

    Raises NotConfigured, and what opening the journal raises.
    """
    registry = commands.registry()
    install(slash_of(settings, registry))
    catalog = load_catalog(settings.catalog, target_types(), registry)
    try:
        values = parse(registry.by_action("trust"), f"{group} {source}", ParseContext(catalog, "host")).values
    except Refused as refused:
        say(f"{refused.what} {refused.instead}")
        return 1
    handle, meant = str(values["group"]), Source.model_validate(values["source"])
    async with journal_of(settings, utc_now) as opened:
        write = Write(stream=STREAM, events=(to_event(Trusted(handle=handle, source=meant)),))
        who = Actor(team="host", user="MUSTER", via="cli")
        await opened.journal.commit(Commit(at=utc_now(), who=who, writes=(write,)))
    say(f"@{handle} is {meant.typed} from now on; a running Muster follows within seconds.")
    return 0
