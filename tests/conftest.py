"""Options of the whole suite, and what is held against all of it at its end."""

import logging
from collections.abc import Iterator

import anyio
import pytest
import structlog

from tests.end_to_end.rights import USED, never_used
from tests.servers import architect_servers, postgres_server, prometheus_server, redis_server

__all__ = ["architect_servers", "postgres_server", "prometheus_server", "redis_server"]


# anyio imports its parts as they are first used, and pytest rewrites them as they are imported: on Python
# 3.11 that parsing fails now and then under the greenlets of browser tests ("recursion depth mismatch").
for _part in dir(anyio):
    getattr(anyio, _part)


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """A command line that is called in this process configures the log, for whatever test comes next."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    if structlog.get_config() != before:
        structlog.configure(**before)
        root.handlers[:] = handlers
        root.setLevel(level)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-procedures", action="store_true", help="write docs/procedures.md anew")
    parser.addoption("--keep-screenshots", action="store_true", help="write the README's pictures anew")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Gather what the workers of xdist used."""
    config: pytest.Config = node.config  # pyright: ignore[reportAttributeAccessIssue]  # xdist has no types
    told = getattr(node, "workeroutput", {}).get("used", [])
    config.stash.setdefault(USED, set()).update(told)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A right that is printed and that no test of a whole run uses, is one too many."""
    config = session.config
    is_whole = not config.args or config.args == config.getini("testpaths")
    if hasattr(config, "workerinput") or not is_whole or session.testsfailed or config.option.keyword:
        return
    unused = never_used(config.stash.get(USED, set()))
    if unused and not config.option.markexpr:
        said = f"FAILED: granted by `muster manifest`, and no end-to-end test calls it: {unused}"
        config.get_terminal_writer().line(f"\n{said}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
