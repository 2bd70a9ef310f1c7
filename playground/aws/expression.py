"""Metric math, as far as runbooks use it: + − × ÷ and FILL over other queries and numbers."""

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
    if isinstance(node, ast.Call):
        return _filled(node, known, time)
    if not isinstance(node, ast.BinOp):
        raise KeyError(ast.unparse(node))
    left, right = _at(node.left, known, time), _at(node.right, known, time)
    if left is None or right is None or (isinstance(node.op, ast.Div) and right == 0):
        return None
    return ARITHMETIC[type(node.op)](left, right)


def _filled(node: ast.Call, known: dict[str, Values], time: float) -> float | None:
    """FILL(m, 0): the number wherever the metric has no value."""
    name, *args = (node.func, *node.args)
    if not isinstance(name, ast.Name) or name.id != "FILL" or len(args) != 2:
        raise KeyError(ast.unparse(node))
    value, instead = (_at(each, known, time) for each in args)
    return instead if value is None else value
