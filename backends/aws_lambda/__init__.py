"""AWS Lambda: aliases rolled back to published versions, concurrency set and taken away."""

from backends.aws_lambda.adapter import Lambda
from backends.aws_lambda.target import LambdaTarget
from backends.shared import Kind

__all__ = ["KIND", "Lambda", "LambdaTarget"]


KIND = Kind("lambda", LambdaTarget, Lambda.build)
