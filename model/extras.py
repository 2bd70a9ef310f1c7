"""What only some catalogs need: extras of the package, each imported when it is first used."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager

from model.ports.backend import BackendError, Fault

PACKAGE = "muster-chatops"

MODULES = {"aws": "botocore", "charts": "matplotlib", "kubernetes": "kubernetes", "postgres": "asyncpg"}
"""Extra, as in `pyproject.toml` → the module that it brings."""


class NotInstalled(BackendError):
    """An extra that is needed is not installed; `next` says what to type. Nothing was sent."""

    def __init__(self, extra: str) -> None:
        what = f"{MODULES[extra]} is not installed where Muster runs."
        super().__init__(Fault.FAILED, what, f"On Muster's host, type: {to_install([extra])}")


@contextmanager
def extra(name: str) -> Generator[None]:
    """Around the import of what an extra brings. Raises NotInstalled."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != MODULES[name]:
            raise
        raise NotInstalled(name) from error


def to_install(names: Iterable[str]) -> str:
    """What to type where Muster is installed, to have these extras too."""
    return f"pip install '{PACKAGE}[{','.join(sorted(names))}]'"
