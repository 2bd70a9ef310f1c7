"""The `muster` command."""

import argparse
import asyncio
import gc
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path

from pydantic import ValidationError

from bot.logs import configure
from bot.settings import Settings

COMMANDS = "muster.commands"
"""The entry points whose packages bring commands: each is a function that fills an ArgumentParser in."""

ELSEWHERE = {
    "demo": "is in the package muster-playground, which production has none of. In a checkout of Muster type "
    "`python3 dev.py demo`, or `pip install ./playground` beside Muster."
}
"""Commands of Muster's own other packages, and where to get them."""

_OURS = ("bot", "journal", "model", "permissions", "playground")
"""Rooms whose exceptions are sentences for people; others are told with their names."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand; 0 is well, 1 is a problem that was said, 2 is a mistake in the arguments."""
    args = _arguments().parse_args(argv)
    try:
        return int(args.run(args))
    except KeyboardInterrupt:
        return 130
    except ValidationError as error:
        return _say(_settings_trouble(error))
    except Exception as error:  # the last line of defence says what it is, and where
        if not hasattr(type(error), "__doc__") or args.trace:
            raise
        is_ours = type(error).__module__.split(".")[0] in (
            "bot",
            "journal",
            "model",
            "permissions",
            "playground",
        )
        return _say(str(error) if is_ours else f"{type(error).__name__}: {error}")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("muster", description="ChatOps for people on call.")
    parser.add_argument("--trace", action="store_true", help="show the whole trace of an error")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="serve Slack (settings are MUSTER_… variables)")
    run.set_defaults(run=_run)
    _from_elsewhere(commands.add_parser)
    check = commands.add_parser("check", help="check catalog, policies, settings, journal and backends")
    check.add_argument("--catalog", type=Path, default=None, help="check this folder, not MUSTER_CATALOG's")
    check.add_argument("--offline", action="store_true", help="leave out what needs the network")
    check.set_defaults(run=_check)
    manifest = commands.add_parser("manifest", help="print what a workspace or cloud has to grant")
    manifest.add_argument("what", choices=("slack", "iam", "rbac"))
    manifest.add_argument("--url", help="public https URL of /slack/events; without it, Socket Mode")
    manifest.add_argument("--out", type=Path, help="of iam: the folder to write a file for each policy into")
    manifest.add_argument(
        "--namespace", default="muster", help="of rbac: the namespace that Muster itself runs in (muster)"
    )
    manifest.set_defaults(run=_manifest)
    resume = commands.add_parser("resume", help="take up what was set aside; without a name, list it")
    resume.add_argument("name", nargs="?", default="", help="as it was told, such as drain:op:OP-7")
    resume.set_defaults(run=_resume)
    trust = commands.add_parser("trust", help="say which Slack group a group of the catalog is from now on")
    trust.add_argument("group", help="its handle in the catalog, such as operators")
    trust.add_argument("source", help="the Slack group's id, such as S012AB3CD, or catalog, or nobody")
    trust.set_defaults(run=_trust)
    audit = commands.add_parser("audit", help="verify, show or export the audit log")
    audit.add_argument("what", choices=("verify", "show", "export"))
    audit.add_argument("--of", default="", help="only entries that mention this id, person or service")
    audit.add_argument(
        "--anchor",
        default="",
        help="of verify: a position kept elsewhere, as ENTRIES:DIGEST or a file",
    )
    audit.set_defaults(run=_audit)
    export = commands.add_parser("export", help="write incidents as JSON and Markdown into a folder")
    export.add_argument("incident", nargs="?", default="", help="one incident, such as INC-7")
    export.add_argument("--since", default="", help="all that were declared since, such as 30d or 2026-11-20")
    export.add_argument("--out", type=Path, default=Path("muster-export"), help="the folder (muster-export)")
    export.set_defaults(run=_export)
    return parser


def _from_elsewhere(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Commands that other packages bring, and for those that are not installed how to get them."""
    found = {one.name: one for one in entry_points(group=COMMANDS)}
    for name, one in sorted(found.items()):
        one.load()(add(name, help=f"from {one.dist.name if one.dist else one.value}"))
    for name in ELSEWHERE.keys() - found.keys():
        # No character begins an option here, so that whatever is typed after the name gets the same answer.
        absent = add(name, help="not installed", add_help=False, prefix_chars="\0")
        absent.add_argument("rest", nargs="*")
        absent.set_defaults(run=_absent, name=name)


def _absent(args: argparse.Namespace) -> int:
    return _say(f"`muster {args.name}` {ELSEWHERE[args.name]}")


def _run(args: argparse.Namespace) -> int:
    gc.disable()  # until it is ready: what a start makes stays; looking through it takes a fifth
    from bot.serve import run

    settings = Settings()
    configure(settings.log_level)
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        runner.run(run(settings))
    return 0


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """uvloop answers in two thirds of the time; where it is not there, asyncio's own."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def _check(args: argparse.Namespace) -> int:
    from bot.cli.check import check

    settings = Settings(catalog=args.catalog) if args.catalog else Settings()
    configure("ERROR")
    findings = asyncio.run(check(settings, offline=args.offline))
    for finding in findings:
        print(finding)
    wrong = sum(1 for finding in findings if not finding.is_well)
    print(f"{len(findings)} checked, {wrong} to mend" if wrong else f"{len(findings)} checked, all well")
    return 1 if wrong else 0


def _manifest(args: argparse.Namespace) -> int:
    import commands
    from bot.cli.grants import iam_policies, rbac_roles
    from bot.cli.manifest import slack_manifest
    from bot.configured import slash_of

    settings = Settings()
    if args.what == "slack":
        registry = commands.registry()
        wide, private = bool(settings.teams), settings.private_channels
        rotates = bool(settings.slack_refresh_token.get_secret_value())
        here = slash_of(settings, registry)
        manifest = slack_manifest(registry, args.url, here, org_wide=wide, private=private, rotates=rotates)
        print(json.dumps(manifest, indent=2))
        return 0
    if args.what == "rbac":
        print(rbac_roles(settings, args.namespace))
        return 0
    return _policies(iam_policies(settings), args.out)


def _policies(policies: Mapping[str, Sequence[str]], out: Path | None) -> int:
    """Print the only policy, or write all of them into a folder."""
    named = {
        f"muster-{account.replace('*', 'any')}-{number}.json": document
        for account, documents in policies.items()
        for number, document in enumerate(documents, 1)
    }
    if out is None and len(named) == 1:
        print(*named.values())
        return 0
    if out is None:
        return _say(
            f"It takes {len(named)} policies: AWS takes 6,144 characters in one, accounts have their own; "
            "add --out FOLDER to have each in a file, and attach all of an account's to its role."
        )
    out.mkdir(parents=True, exist_ok=True)
    for name, document in named.items():
        (out / name).write_text(document + "\n")
        print(out / name)
    return 0


def _audit(args: argparse.Namespace) -> int:
    from bot.cli.audit import audit

    settings = Settings()
    configure("ERROR")
    return asyncio.run(audit(settings, args.what, args.of, print, args.anchor))


def _export(args: argparse.Namespace) -> int:
    from bot.cli.export import export

    settings = Settings()
    configure("ERROR")
    return asyncio.run(export(settings, args.incident, args.since, args.out, print))


def _resume(args: argparse.Namespace) -> int:
    from bot.cli.resume import resume

    settings = Settings()
    configure("ERROR")
    return asyncio.run(resume(settings, args.name, print))


def _trust(args: argparse.Namespace) -> int:
    from bot.cli.trust import trust

    settings = Settings()
    configure("ERROR")
    return asyncio.run(trust(settings, args.group, args.source, print))


def _settings_trouble(error: ValidationError) -> str:
    lines = ["Settings are not right:"]
    for one in error.errors():
        name = "MUSTER_" + "_".join(str(part) for part in one["loc"]).upper()
        lines.append(f"  {name}: {one['msg']}")
    return "\n".join([*lines, "docs/settings.md lists them all."])


def _say(text: str) -> int:
    print(text, file=sys.stderr)
    return 1
