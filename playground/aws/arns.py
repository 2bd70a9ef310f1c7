"""Which resources a call is authorised on, as the Service Authorization Reference lists them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Params = dict[str, Any]


@dataclass(frozen=True)
class Where:
    """The region and account a call is made in."""

    region: str
    account: str

    def arn(self, service: str, rest: str) -> str:
        """An ARN of this region and account; what is an ARN already stays."""
        return rest if rest.startswith("arn:") else f"arn:aws:{service}:{self.region}:{self.account}:{rest}"


def resources(service: str, action: str, params: Params, where: Where) -> tuple[str, ...]:
    """ARNs a call has to be allowed on; `*` for what AWS does not authorise resource by resource."""
    find = _BY_SERVICE.get(service)
    found = [arn for arn in find(action, params, where) if arn] if find else []
    return tuple(dict.fromkeys(found)) or ("*",)


def _ecs(action: str, params: Params, where: Where) -> Iterable[str]:
    cluster = str(params.get("cluster") or "default").rsplit("/", 1)[-1]
    names = params.get("services") or [params.get("service")]
    match action:
        case "DescribeServices" | "UpdateService":
            return [where.arn("ecs", f"service/{cluster}/{str(name).rsplit('/', 1)[-1]}") for name in names]
        case "ListServiceDeployments":
            return [where.arn("ecs", f"service/{cluster}/{str(params['service']).rsplit('/', 1)[-1]}")]
        case "DescribeServiceRevisions":
            return [str(arn) for arn in params["serviceRevisionArns"]]
        case "DescribeServiceDeployments":
            return [str(arn) for arn in params["serviceDeploymentArns"]]
        case "StopServiceDeployment":
            return [str(params["serviceDeploymentArn"])]
        case "DescribeTasks":
            return [where.arn("ecs", f"task/{cluster}/{task}") for task in params["tasks"]]
        case "RegisterTaskDefinition":
            return [where.arn("ecs", f"task-definition/{params['family']}:*")]
        case _:
            return []


def _lambda(action: str, params: Params, where: Where) -> Iterable[str]:
    name = params.get("FunctionName") or params.get("Resource")
    if name is None:
        return []
    qualifier = params.get("Qualifier")
    is_of_alias = action in {"GetAlias", "UpdateAlias"} or "ProvisionedConcurrency" in action
    base = where.arn("lambda", f"function:{str(name).rsplit(':function:', 1)[-1]}")
    return [f"{base}:{qualifier}" if qualifier and is_of_alias else base]


def _rds(action: str, params: Params, where: Where) -> Iterable[str]:
    kinds = {
        "DBInstanceIdentifier": "db",
        "SourceDBInstanceIdentifier": "db",
        "TargetDBInstanceIdentifier": "db",
        "NewDBInstanceIdentifier": "db",
        "DBSnapshotIdentifier": "snapshot",
        "DBSubnetGroupName": "subgrp",
        "DBParameterGroupName": "pg",
        "OptionGroupName": "og",
        "DBClusterIdentifier": "cluster",
        "SourceDBClusterIdentifier": "cluster",
        "DBClusterSnapshotIdentifier": "cluster-snapshot",
        "SnapshotIdentifier": "cluster-snapshot",
        "DBClusterParameterGroupName": "cluster-pg",
    }
    if action == "DescribeDBInstances" and not params.get("DBInstanceIdentifier"):
        return [where.arn("rds", "db:*")]
    return [where.arn("rds", f"{kind}:{params[name]}") for name, kind in kinds.items() if params.get(name)]


def _dynamodb(action: str, params: Params, where: Where) -> Iterable[str]:
    names = [params[key] for key in ("TableName", "SourceTableName", "TargetTableName") if params.get(key)]
    tables = [where.arn("dynamodb", f"table/{name}") for name in names]
    named = [str(params[key]) for key in ("BackupArn", "ResourceArn") if params.get(key)]
    return [] if action == "ListBackups" else [*tables, *named]


def _elasticache(action: str, params: Params, where: Where) -> Iterable[str]:
    kinds = {
        "CacheClusterId": "cluster",
        "SnapshotName": "snapshot",
        "ReplicationGroupId": "replicationgroup",
    }
    return [
        where.arn("elasticache", f"{kind}:{params[name]}") for name, kind in kinds.items() if params.get(name)
    ]


def _apigateway(action: str, params: Params, where: Where) -> Iterable[str]:
    plan = params.get("usagePlanId")
    return [f"arn:aws:apigateway:{where.region}::/usageplans/{plan}"] if plan else []


def _logs(action: str, params: Params, where: Where) -> Iterable[str]:
    if action == "DescribeLogGroups":  # lists, and is authorised on a group without a name
        return [where.arn("logs", "log-group::log-stream:")]
    names = params.get("logGroupNames") or [params.get("logGroupName") or params.get("logGroupIdentifier")]
    return [where.arn("logs", f"log-group:{name}:*") for name in names if name]


def _autoscaling(action: str, params: Params, where: Where) -> Iterable[str]:
    return (
        [where.arn("application-autoscaling", "scalable-target/*")] if action.startswith("Register") else []
    )


def _wafv2(action: str, params: Params, where: Where) -> Iterable[str]:
    arns = [params[key] for key in ("ResourceArn", "WebACLArn") if params.get(key)]
    if params.get("Id") and params.get("Name"):
        kind = "ipset" if "IPSet" in action else "webacl"
        scope = str(params.get("Scope", "REGIONAL")).lower()
        arns.append(where.arn("wafv2", f"{scope}/{kind}/{params['Name']}/{params['Id']}"))
    return arns


def _secrets(action: str, params: Params, where: Where) -> Iterable[str]:
    name = str(params.get("SecretId", ""))
    # Secrets Manager puts six characters of its own behind a name.
    return [name if name.startswith("arn:") else where.arn("secretsmanager", f"secret:{name}-AbCdEf")]


def _s3(action: str, params: Params, where: Where) -> Iterable[str]:
    bucket, key = params.get("Bucket"), params.get("Key")
    is_of_bucket = action in {"ListBucket", "GetBucketLocation"}
    return [f"arn:aws:s3:::{bucket}" if is_of_bucket or not key else f"arn:aws:s3:::{bucket}/{key}"]


def _cloudformation(action: str, params: Params, where: Where) -> Iterable[str]:
    name = params.get("StackName")
    return [where.arn("cloudformation", f"stack/{name}/id")] if name else []


def _ecr(action: str, params: Params, where: Where) -> Iterable[str]:
    return [where.arn("ecr", f"repository/{params['repositoryName']}")]


def _alarms(action: str, params: Params, where: Where) -> Iterable[str]:
    return [where.arn("cloudwatch", "alarm:*")] if action == "DescribeAlarms" else []


_BY_SERVICE: dict[str, Callable[[str, Params, Where], Iterable[str]]] = {
    "application-autoscaling": _autoscaling,
    "apigateway": _apigateway,
    "cloudformation": _cloudformation,
    "cloudwatch": _alarms,
    "dynamodb": _dynamodb,
    "ecr": _ecr,
    "ecs": _ecs,
    "elasticache": _elasticache,
    "lambda": _lambda,
    "logs": _logs,
    "rds": _rds,
    "s3": _s3,
    "secretsmanager": _secrets,
    "wafv2": _wafv2,
}
