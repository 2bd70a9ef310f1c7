"""What AWS asks for besides the call itself: a right on what the call makes.

Sources: DynamoDB Developer Guide, "IAM with backup and restore"; RDS User Guide, "Requiring tags".
"""

from typing import Any

from playground.aws.arns import Where

_RESTORED = (
    *("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"),
    *("dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"),
)


def also_needed(name: str, params: dict[str, Any], where: Where) -> tuple[tuple[str, str], ...]:
    """Pairs of IAM action and ARN that a call has to be allowed besides its own."""
    if name == "dynamodb:RestoreTableToPointInTime" and params.get("TargetTableName"):
        table = where.arn("dynamodb", f"table/{params['TargetTableName']}")
        return tuple((action, table) for action in _RESTORED)
    if name.startswith("rds:RestoreDBCluster") and params.get("Tags"):
        return (("rds:AddTagsToResource", where.arn("rds", f"cluster:{params['DBClusterIdentifier']}")),)
    made = params.get("TargetDBInstanceIdentifier") or params.get("DBInstanceIdentifier")
    if name.startswith("rds:") and params.get("Tags") and made:
        return (("rds:AddTagsToResource", where.arn("rds", f"db:{made}")),)
    return ()
