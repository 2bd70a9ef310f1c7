"""`/restore`: a backup into something new beside what is in use, then the two swapped."""

from typing import Annotated

from model.asked import Restore, Swap
from model.language.declare import Kind, command
from model.language.parameters import AService, BackupNamed, Switch
from model.refusal import Refused
from model.world import Ask, Propose


@command(
    "restore",
    "Restore a backup beside what is in use, then swap",
    Kind.CHANGE,
    examples=(
        "architect-db backup_1708172400.sql.gz because data loss",
        "architect-db --swap because the restored data is right",
    ),
    explains=(
        "Nothing in use is touched: the backup goes into a new instance or database. "
        "Look at it, then --swap lets it take the name; two other people have to agree."
    ),
)
def restore(
    ask: Ask,
    service: AService,
    backup: Annotated[str, BackupNamed("BACKUP", "a backup from /history")] = "",
    *,
    swap: Annotated[bool, Switch("swap", "let what was restored take the name")] = False,
) -> Propose:
    """Either a backup or --swap. Raises Refused otherwise."""
    if swap and backup:
        raise Refused(
            "Restoring and swapping are two steps, with a look at the data between them.",
            "Type one at a time.",
            (f"/restore {service.id} {backup}", f"/restore {service.id} --swap"),
        )
    if not swap and not backup:
        raise Refused(
            "Which backup to restore is missing.",
            f"/history {service.id} lists them.",
            (f"/restore {service.id} BACKUP", f"/restore {service.id} --swap"),
        )
    return Propose(service, Swap() if swap else Restore(backup=backup))
