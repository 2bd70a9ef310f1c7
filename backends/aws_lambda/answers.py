"""How a function is configured, in tables; of a secret only its fingerprint: pure."""

from backends.aws_lambda.published import differing
from backends.aws_lambda.reads import Snapshot, variables
from model.catalog.schema import Service
from model.query_result import QueryResult, Table
from model.secrets import Prints, is_secret


def configuration_of(service: Service, seen: Snapshot, fingerprint_of: Prints) -> QueryResult:
    """What calls reach: runtime, memory, timeout, plain variables; secrets in a table of their own."""
    live, held = seen.live, variables(seen.live)
    secret = {key for key, value in held.items() if is_secret(key, value)}
    facts = (
        ("runtime", str(live.get("Runtime", ""))),
        ("memory", f"{int(live.get('MemorySize', 0)):,} MiB"),
        ("timeout", f"{live.get('Timeout', '')} s"),
        ("version", str(live.get("Version", ""))),
        ("revision", str(live.get("RevisionId", ""))),
        ("changed", str(live.get("LastModified", ""))[:16].replace("T", " ") + " UTC"),
    )
    plain = tuple((key, held[key]) for key in sorted(held.keys() - secret))
    tables = [Table(columns=("setting", "value"), rows=(*facts, *plain))]
    if secret:
        rows = tuple((key, fingerprint_of(held[key])) for key in sorted(secret))
        tables.append(Table(title="Secrets", columns=("variable", "fingerprint"), rows=rows, of_secrets=True))
    where = f"version {seen.version} ({seen.alias['Name']})" if seen.alias else "$LATEST"
    hidden = {key for key, value in variables(seen.latest).items() if is_secret(key, value)} | secret
    waiting = [one for one in differing(seen.live, seen.latest) if one not in hidden] if seen.alias else []
    note = "The same fingerprint in two services is the same secret." if secret else ""
    return QueryResult(
        headline=f"{live.get('FunctionName', service.id)}, {where}: {len(held)} variables",
        details=(f"$LATEST differs in {', '.join(waiting)}; that is not live.",) if waiting else (),
        tables=tuple(tables),
        note=note,
    )
