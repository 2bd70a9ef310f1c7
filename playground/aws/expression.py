"""Metric math, as far as runbooks use it: + − × ÷, FILL and PERIOD over other queries and numbers."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playground.aws.refusal import AwsError

MOST_CHARACTERS = 1024
Values = dict[float, float]
ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda left, right: left / right,
}


@dataclass(frozen=True)
class _Periods(ast.NodeTransformer):
    """PERIOD(m): the seconds of one period of the metric, which is a number like any other."""

    known: Mapping[str, int]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        match node:
            case ast.Call(func=ast.Name(id="PERIOD"), args=[ast.Name(id=of)], keywords=[]):
                return ast.Constant(self.known[of])
            case _:
                return node


def evaluate(expression: str, known: dict[str, Values], periods: Mapping[str, int] | None = None) -> Values:
    """The value at every time at which all operands have one; a division by zero has none.

    `known` maps the ids of other queries to value by time, `periods` to the seconds of a period.
    Raises ValidationError for other expressions.
    """
    if len(expression) > MOST_CHARACTERS:
        raise AwsError("ValidationError", f"Error in expression: longer than {MOST_CHARACTERS} characters")
    try:
        tree = _Periods(periods or {}).visit(ast.parse(expression, mode="eval")).body
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
