"""Errors in the words and codes that AWS itself uses."""

from dataclasses import dataclass


@dataclass(eq=False)
class AwsError(Exception):
    """One AWS error: its code, its message and its HTTP status."""

    code: str
    message: str
    status: int = 400

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def invalid(message: str) -> AwsError:
    """The error of ECS for a parameter that cannot be."""
    return AwsError("InvalidParameterException", message)


def client(message: str) -> AwsError:
    """The error of ECS for a request that makes no sense as it stands."""
    return AwsError("ClientException", message)


def access_denied(service: str, arn: str, action: str) -> AwsError:
    """What IAM says, under the code that this service gives it."""
    code = {"ecs": "AccessDeniedException", "lambda": "AccessDeniedException"}.get(service, "AccessDenied")
    if service == "application-autoscaling":
        code = "AccessDeniedException"
    why = f"because no identity-based policy allows the {action} action"
    return AwsError(code, f"User: {arn} is not authorized to perform: {action} {why}", 403)


def throttled(service: str) -> AwsError:
    """What a service answers when called too often."""
    if service == "lambda":
        return AwsError("TooManyRequestsException", "Rate exceeded", 429)
    if service in {"elasticloadbalancing", "monitoring", "sts"}:
        return AwsError("Throttling", "Rate exceeded")
    return AwsError("ThrottlingException", "Rate exceeded")
