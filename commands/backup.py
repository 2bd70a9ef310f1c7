"""`/backup`: a snapshot or a dump, before anything is changed."""

from typing import Annotated

from model.changes import Backup
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, BackupNamed
from model.outcomes import ProposeChange


@command(
    "backup",
    "Take a snapshot or a dump",
    Kind.CHANGE,
    examples=("architect-db", "architect-db before-index because a new index"),
    explains="Without a name it is called by its time. /history SERVICE lists what there is.",
)
def backup(
    invocation: Invocation,
    service: AService,
    name: Annotated[str, BackupNamed("NAME", "such as pre-migration")] = "",
) -> ProposeChange:
    """RDS, ElastiCache and DynamoDB keep it themselves; a dump of PostgreSQL goes to S3."""
    return ProposeChange(service, Backup(name=name))
