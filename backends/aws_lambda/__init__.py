"""AWS Lambda: aliases rolled back to published versions, concurrency set and taken away."""

from backends.aws_lambda.adapter import Lambda
from backends.aws_lambda.target import LambdaTarget
from backends.shared import Kind, Shared

__all__ = ["KIND", "Lambda", "LambdaTarget"]


def _build(shared: Shared) -> Lambda:
    told = shared.settings
    return Lambda(shared.aws, told.clock, told.poll_s, told.sleep)


KIND = Kind("lambda", LambdaTarget, _build)
