"""Amazon DynamoDB: how a table is, its capacity, backups of it, and its data of a moment restored beside."""

from backends.dynamodb.adapter import DynamoDb
from backends.dynamodb.target import TableTarget
from backends.shared import Kind

__all__ = ["KIND", "DynamoDb", "TableTarget"]


KIND = Kind("dynamodb", TableTarget, DynamoDb.build)
