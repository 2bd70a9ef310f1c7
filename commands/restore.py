"""`/restore`: a backup into something new beside what is in use, then the two swapped."""

from typing import Annotated

from model.changes import Restore, Swap
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, BackupNamed, Flag
from model.language.past import PastTime, Then
from model.outcomes import ProposeChange
from model.refusal import Refused
from model.slash import slash


@command(
    "restore",
    "Restore a backup beside what is in use, then swap",
    Kind.CHANGE,
    examples=(
        "architect-db backup_1708172400.sql.gz because data loss",
        "miyabi-db at=14:00 because data was deleted at 14:02",
        "architect-db --swap because the restored data is right",
    ),
    explains=(
        "Nothing in use is touched: the backup goes into a new instance or database. "
        "at=14:00 is the data of that moment, in UTC. "
        "Look at it, then --swap lets it take the name; two other people have to agree."
    ),
)
def restore(
    invocation: Invocation,
    service: AService,
    backup: Annotated[str, BackupNamed("BACKUP", "a backup from /history")] = "",
    *,
    swap: Annotated[bool, Flag("swap", "let what was restored take the name")] = False,
    at: Annotated[Then | None, PastTime("TIME")] = None,
) -> ProposeChange:
    """Either a backup, a moment, or --swap. Raises Refused otherwise."""
    if at is not None:
        if swap or backup:
            raise Refused(
                "A moment, a backup and --swap are three different things.",
                "Type one at a time.",
                (f"{slash('restore')} {service.id} at={PastTime().write(at)}",),
            )
        return ProposeChange(service, Restore(at=at.moment(invocation.world.now)))
    if swap and backup:
        raise Refused(
            "Restoring and swapping are two steps, with a look at the data between them.",
            "Type one at a time.",
            (f"{slash('restore')} {service.id} {backup}", f"{slash('restore')} {service.id} --swap"),
        )
    if not swap and not backup:
        raise Refused(
            "Which backup to restore is missing.",
            f"{slash('history')} {service.id} lists them.",
            (f"{slash('restore')} {service.id} BACKUP", f"{slash('restore')} {service.id} --swap"),
        )
    return ProposeChange(service, Swap() if swap else Restore(backup=backup))
