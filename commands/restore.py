"""`/restore`: a backup into something new beside what is in use, then the two swapped."""

from typing import Annotated

from model.changes import Restore, Swap
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, BackupNamed, Flag
from model.outcomes import ProposeChange
from model.refusal import Refused


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
    invocation: Invocation,
    service: AService,
    backup: Annotated[str, BackupNamed("BACKUP", "a backup from /history")] = "",
    *,
    swap: Annotated[bool, Flag("swap", "let what was restored take the name")] = False,
) -> ProposeChange:
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
    return ProposeChange(service, Swap() if swap else Restore(backup=backup))
