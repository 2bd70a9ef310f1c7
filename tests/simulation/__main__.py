"""`python3 dev.py simulate --worlds 20000`, or `--seed 17` to see one world again, step by step."""

import argparse
import logging
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import structlog

from tests.simulation.world import Report, play


def main() -> int:
    """Exit code 1 when something did not hold; the worlds in which it did not are printed."""
    asked = argparse.ArgumentParser(prog="dev.py simulate", description=__doc__)
    asked.add_argument("--worlds", type=int, default=1000, help="how many worlds (default 1000)")
    asked.add_argument("--first", type=int, default=0, help="the first seed (default 0)")
    asked.add_argument("--seed", type=int, help="play only this one, and print all of it")
    options = asked.parse_args()
    quiet()
    if options.seed is not None:
        report = play(options.seed)
        sys.stdout.write(f"{report}\n")
        return bool(report.broken)
    ended, broken = Counter[str](), 0
    seeds = range(options.first, options.first + options.worlds)
    with ProcessPoolExecutor(os.cpu_count(), initializer=quiet) as processes:
        for report in processes.map(play, seeds, chunksize=20):
            ended.update(report.ended)
            broken += tell(report)
    sys.stdout.write(f"{options.worlds} worlds, {broken} broken; operations ended as {dict(ended)}\n")
    return bool(broken)


def tell(report: Report) -> bool:
    """Print a world in which something did not hold."""
    if report.broken:
        sys.stdout.write(f"{report}\n\n")
        sys.stdout.flush()
    return bool(report.broken)


def quiet() -> None:
    """Worlds fail on purpose all the time; their logs say nothing here."""
    silent = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=silent, cache_logger_on_first_use=False)
    logging.disable(logging.CRITICAL)


if __name__ == "__main__":
    raise SystemExit(main())
