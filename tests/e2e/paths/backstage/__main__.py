"""`python -m tests.e2e.paths.backstage`: for each line of JSON that says what to do, a line of JSON with the answer."""

import json
import sys
import traceback

import django


def main() -> None:
    """Set Django up, without which models cannot be imported, and answer until there is no further line."""
    django.setup()
    from tests.e2e.paths.backstage.commands import COMMANDS

    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"answer": COMMANDS[asked["do"]](**asked["with"])}
        except Exception:  # noqa: BLE001  # Whatever it is, the test that asked has to be told.
            answer = {"fault": traceback.format_exc()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
