"""The calls of a plan as they are sent: secrets read only then, numbers that AWS gives out looked up."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from backends.aws_api import AwsApi
from backends.aws_clients import AwsClients
from backends.aws_lambda.published import PUBLISHED, beside
from backends.aws_lambda.reads import LambdaReads, Snapshot, held, variables
from backends.aws_lambda.target import MOST_BYTES, Json, LambdaTarget
from model.plan import Step
from model.ports.backend import BackendError, Fault
from model.secrets import Prints, is_secret, referred
from model.slash import slash

MOST_LOOKS = 120
"""How often an update under way is looked at before it is given up."""

_OPERATIONS = {
    "lambda:UpdateAlias": "update_alias",
    "lambda:PutFunctionConcurrency": "put_function_concurrency",
    "lambda:DeleteFunctionConcurrency": "delete_function_concurrency",
    "lambda:PutProvisionedConcurrencyConfig": "put_provisioned_concurrency_config",
    "lambda:DeleteProvisionedConcurrencyConfig": "delete_provisioned_concurrency_config",
    "lambda:PublishVersion": "publish_version",
    "lambda:UpdateFunctionConfiguration": "update_function_configuration",
}


class LambdaWrites:
    """Every method raises BackendError. wait: sleeps until the next look."""

    def __init__(
        self,
        clients: AwsClients,
        reads: LambdaReads,
        wait: Callable[[], Awaitable[None]],
        fingerprint_of: Prints,
    ) -> None:
        self._clients, self._reads, self._wait, self._fingerprint_of = clients, reads, wait, fingerprint_of

    async def make(self, target: LambdaTarget, step: Step) -> None:
        """One call; what was moved by someone since the plan is left alone."""
        params = await self._as_sent(target, step)
        try:
            await AwsApi(self._clients, "lambda").change(target, _OPERATIONS[step.call], **params)
        except BackendError as error:
            if _tells_values(error, params):
                what = "AWS refused the variables, and its answer repeats their values, so it is not shown."
                hint = f"All of them together may have {MOST_BYTES:,} bytes; nothing was changed."
                raise BackendError(error.fault, what, hint, error.sent) from None
            if error.fault is Fault.CONFLICT and "RevisionId" in error.what:
                moved = f"the alias {target.alias}" if step.call == "lambda:UpdateAlias" else target.function
                verb = "moved" if step.call == "lambda:UpdateAlias" else "changed"
                what = f"Someone {verb} {moved} since the plan was made; it was left alone."
                raise BackendError(Fault.CONFLICT, what, error.next) from error
            if error.fault is Fault.NOT_FOUND and step.call.startswith("lambda:Delete"):
                return  # it is gone already, which is what was asked for
            raise

    async def took_effect(self, target: LambdaTarget, step: Step, seen: Snapshot) -> bool:
        """What the call sets is compared with what is there."""
        params = step.params
        match step.call:
            case "lambda:UpdateAlias":
                wanted = str(params["FunctionVersion"])
                version = await self._just_published(target) if wanted == PUBLISHED else wanted
                asked = cast(Json, params["RoutingConfig"])["AdditionalVersionWeights"]
                return seen.version == version and seen.weights == beside(asked, version)
            case "lambda:PublishVersion":
                newest = await self._newest(target)
                return newest is not None and held(newest) == held(seen.latest)
            case "lambda:UpdateFunctionConfiguration":
                return await self._is_configured(target, params, seen.latest)
            case "lambda:PutFunctionConcurrency":
                return seen.reserved == params["ReservedConcurrentExecutions"]
            case "lambda:DeleteFunctionConcurrency":
                return seen.reserved == "none"
            case "lambda:PutProvisionedConcurrencyConfig":
                return seen.asked_ready == params["ProvisionedConcurrentExecutions"]
            case _:
                return seen.asked_ready == "none"

    async def prints(self, target: LambdaTarget, wanted: dict[str, str]) -> dict[str, str]:
        """Variable → fingerprint of the secret it is to refer to; nothing more of it is kept."""
        names = {key: name for key, value in wanted.items() if (name := referred(value))}
        return {key: self._fingerprint_of(await self._secret(target, name)) for key, name in names.items()}

    async def _as_sent(self, target: LambdaTarget, step: Step) -> dict[str, Any]:
        params: dict[str, Any] = dict(step.params)
        if step.call == "lambda:PublishVersion":
            await self._settled(target)
        elif step.call == "lambda:UpdateFunctionConfiguration" and "Environment" in params:
            asked = params["Environment"]
            params["Environment"] = {"Variables": await self._merged(target, asked["set"], asked["unset"])}
        elif params.get("FunctionVersion") == PUBLISHED:
            version = params["FunctionVersion"] = await self._just_published(target)
            asked = params["RoutingConfig"]["AdditionalVersionWeights"]
            params["RoutingConfig"] = {"AdditionalVersionWeights": beside(asked, version)}
        return params

    async def _merged(self, target: LambdaTarget, set: dict[str, str], unset: list[str]) -> dict[str, str]:
        """All variables as they will be. The RevisionId that is sent with them guards what was read."""
        found = {
            key: value
            for key, value in variables(await self._reads.latest(target)).items()
            if key not in unset
        }
        for key, value in set.items():
            name = referred(value)
            found[key] = await self._secret(target, name) if name else value
        return found

    async def _secret(self, target: LambdaTarget, name: str) -> str:
        """A secret's value. Errors name the secret only."""
        try:
            found = await AwsApi(self._clients, "secretsmanager").read(
                target, "get_secret_value", SecretId=name
            )
        except BackendError as error:
            if error.fault is Fault.NOT_FOUND:
                what = f"Secrets Manager has no secret {name} in {target.region}."
                raise BackendError(
                    Fault.NOT_FOUND, what, "Create it there, or type its name as it is."
                ) from error
            raise
        if "SecretString" not in found:
            raise BackendError(
                Fault.INVALID, f"The secret {name} is no text.", "Only text can be a variable."
            )
        return str(found["SecretString"])

    async def _is_configured(self, target: LambdaTarget, params: dict[str, Any], latest: Json) -> bool:
        if "MemorySize" in params:
            return latest.get("MemorySize") == params["MemorySize"]
        asked, now = params["Environment"], variables(latest)
        wanted = await self._merged(target, asked["set"], asked["unset"])
        return now == wanted

    async def _settled(self, target: LambdaTarget) -> None:
        """Wait until the update before has come through; a version cannot be published earlier."""
        for _ in range(MOST_LOOKS):
            latest = await self._reads.latest(target)
            match latest.get("LastUpdateStatus"):
                case "InProgress":
                    await self._wait()
                case "Failed":
                    why = latest.get("LastUpdateStatusReason") or "AWS gives no reason"
                    raise BackendError(Fault.FAILED, f"The update failed: {why}", "Nothing was published.")
                case _:
                    return
        raise BackendError(Fault.FAILED, "The update did not come through.", f"Look with {slash('health')}.")

    async def _newest(self, target: LambdaTarget) -> Json | None:
        return next(iter(await self._reads.published(target)), None)

    async def _just_published(self, target: LambdaTarget) -> str:
        """The number of the newest version, if it holds what `$LATEST` does."""
        newest, latest = await self._newest(target), await self._reads.latest(target)
        if newest is None or held(newest) != held(latest):
            what = "Someone published or changed something else since; the alias was left alone."
            raise BackendError(Fault.CONFLICT, what, "Type the command again for a fresh plan.")
        return cast(str, newest["Version"])


def _tells_values(error: BackendError, params: dict[str, Any]) -> bool:
    """Whether AWS's words hold a variable's value, as those about too many bytes do."""
    sent = cast(dict[str, str], cast(Json, params.get("Environment") or {}).get("Variables") or {})
    return any(is_secret(key, value) or len(value) > 8 for key, value in sent.items() if value in error.what)
