"""`python -m local.sample_app --port PORT`.

The environment gives OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.
"""

import argparse
import os

import uvicorn

from local.sample_app.app import create_app
from local.sample_app.config import Config


def main() -> None:
    """Serve the application on loopback until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    config = Config(
        issuer=os.environ["OIDC_ISSUER"],
        client_id=os.environ["OIDC_CLIENT_ID"],
        client_secret=os.environ["OIDC_CLIENT_SECRET"],
        origin=f"http://localhost:{port}",
    )
    uvicorn.run(create_app(config), host="127.0.0.1", port=port, log_level="info", server_header=False)


if __name__ == "__main__":
    main()
