"""`python -m local.idp saml|oidc --port PORT --data DIR`: one of the two demonstration identity providers."""

import argparse
import socket
from pathlib import Path

import uvicorn

from local.idp.oidc_app import OidcProvider
from local.idp.saml_app import SamlProvider


def main() -> None:
    """Serve on loopback until SIGTERM or SIGINT. The first line of output says where."""
    parser = argparse.ArgumentParser(prog="python -m local.idp", description=__doc__)
    parser.add_argument("kind", choices=("saml", "oidc"))
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="the folder that keeps keys and settings")
    options = parser.parse_args()
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", options.port))
    listener.listen(64)
    origin = f"http://localhost:{listener.getsockname()[1]}"
    provider = SamlProvider if options.kind == "saml" else OidcProvider
    application = provider(origin, options.data).application()
    print(f"listening on {origin}", flush=True)
    uvicorn.Server(uvicorn.Config(application, log_level="warning", server_header=False)).run(sockets=[listener])


if __name__ == "__main__":
    main()
