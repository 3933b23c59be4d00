"""`python -m rehearsal`: starts the account and prints its address as one line of JSON."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from . import ACCOUNT, patching, server, settings


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m rehearsal",
        description="A simulated AWS account on this machine.",
        epilog='example: python -m rehearsal --port 0 --until-eof\n         {"address": "http://127.0.0.1:41571", ...}',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--state", type=Path, help="where blobs are kept; default: a directory that goes with the process")
    parser.add_argument("--strict", action="store_true", help="judge the administrator's requests, too")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does: no orphan outlives a test")
    return parser.parse_args()


def end_with_input(stop: threading.Event) -> None:
    def wait() -> None:
        while sys.stdin.buffer.read(1024):
            pass
        stop.set()

    threading.Thread(target=wait, daemon=True).start()


def main() -> int:
    wanted = arguments()
    settings.apply()
    try:
        account = server.Account(wanted.port, wanted.state)
    except patching.Mismatch as error:
        print(f"rehearsal: {error}", file=sys.stderr)
        return 1
    account.application.access.everybody = wanted.strict
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # Forks that have ended leave no zombies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if wanted.until_eof:
        end_with_input(stop)
    account.start()
    print(json.dumps({"address": account.address, "port": account.port, "account": ACCOUNT}), flush=True)
    stop.wait()
    account.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
