"""`python -m local.stack services|demo|clean`: run the servers, run everything, or remove what it left."""

import argparse
import sys
from pathlib import Path

from local.stack import commands
from local.stack.accounts import NoAccount
from local.stack.lock import AlreadyRunning, NotOurs
from local.stack.ports import Ports, PortTaken, UnknownPort
from local.stack.postgres import PostgresUnusable
from local.stack.processes import ServiceFailed
from local.stack.servers import RedisMissing

_REFUSALS = (
    AlreadyRunning,
    NoAccount,
    NotOurs,
    PortTaken,
    PostgresUnusable,
    RedisMissing,
    ServiceFailed,
    UnknownPort,
)


def main() -> int:
    """Run one command; a failure that has a cause a person can mend is told in words, without a traceback."""
    options = _parser().parse_args()
    try:
        if options.command == "services":
            ports = _ports(options, Ports.unused())
            return commands.run_services(options.data, ports, keep=options.keep, quota_scale=options.quota_scale)
        if options.command == "demo":
            return commands.run_demo(options.data, _ports(options, Ports()))
        return commands.clean(options.data)
    except KeyboardInterrupt:
        return 0
    except _REFUSALS as refusal:
        print(refusal, file=sys.stderr)
        return 1


def _ports(options: argparse.Namespace, default: Ports) -> Ports:
    start = default if options.port_base is None else Ports.from_base(options.port_base)
    return start.with_choices(options.port)


def _folder(text: str) -> Path:
    # The servers run in other folders than ours, so that a relative path would mean another one to them.
    return Path(text).resolve()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.stack", description=__doc__)
    subcommands = parser.add_subparsers(dest="command", required=True)
    services = subcommands.add_parser("services", help="PostgreSQL, Redis, Cognito and mail; prints one line of JSON")
    services.add_argument("--keep", action="store_true", help="keep the data (it is removed at the end otherwise)")
    services.add_argument("--quota-scale", type=float, default=1, help="Cognito's request rates; 0 enforces none")
    demo = subcommands.add_parser("demo", help="these and the whole product, with demonstration data")
    clean = subcommands.add_parser("clean", help="remove all data")
    for command in (services, demo, clean):
        command.add_argument("--data", type=_folder, required=True, help="the folder that holds all data")
    for command in (services, demo):
        command.add_argument("--port-base", type=int, help="take consecutive ports from this one on")
        command.add_argument("--port", action="append", default=[], metavar="SERVER=PORT", help="choose one port")
    return parser


if __name__ == "__main__":
    sys.exit(main())
