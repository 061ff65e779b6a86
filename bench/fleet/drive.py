"""`python -m bench.fleet.drive`: ask a running dashboard for every page, and print one JSON line for each."""

import argparse

import django


def main() -> None:
    """Set Django up, without which models cannot be imported, and ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, required=True)
    parser.add_argument("--only", default="", help="pages whose place or name contains this")
    options = parser.parse_args()
    django.setup()
    from bench.fleet.asking import ask_everything

    ask_everything(options.requests, options.only)


if __name__ == "__main__":
    main()
