"""Metric math, as far as runbooks use it: + − × ÷ over other queries and numbers."""

import ast
import operator
from collections.abc import Callable

from playground.aws.refusal import AwsError

MOST_CHARACTERS = 1024
Values = dict[float, float]
ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda left, right: left / right,
}


def evaluate(expression: str, known: dict[str, Values]) -> Values:
    """The value at every time at which all operands have one; a division by zero has none.

    `known` maps the ids of other queries to value by time. Raises ValidationError for other expressions.
    """
    if len(expression) > MOST_CHARACTERS:
        raise AwsError("ValidationError", f"Error in expression: longer than {MOST_CHARACTERS} characters")
    try:
        tree = ast.parse(expression, mode="eval").body
        times = {time for values in known.values() for time in values}
        return {time: value for time in sorted(times) if (value := _at(tree, known, time)) is not None}
    except (SyntaxError, KeyError, ValueError, OverflowError) as error:
        raise AwsError("ValidationError", f"Error in expression '{expression}'") from error


def _at(node: ast.expr, known: dict[str, Values], time: float) -> float | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name):
        return known[node.id].get(time)
    if not isinstance(node, ast.BinOp):
        raise KeyError(ast.unparse(node))
    left, right = _at(node.left, known, time), _at(node.right, known, time)
    if left is None or right is None or (isinstance(node.op, ast.Div) and right == 0):
        return None
    return ARITHMETIC[type(node.op)](left, right)
