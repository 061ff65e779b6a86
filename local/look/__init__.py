"""What the sample application and the demo identity providers look like, in which they are alike."""

from pathlib import Path

from starlette.routing import Mount
from starlette.staticfiles import StaticFiles


def static_files(own: Path) -> Mount:
    """Return the route of a program's static files: its own and `common.css`.

    Args:
        own: the folder of its own.
    """
    return Mount("/static", StaticFiles(directory=own, packages=[("local.look", "static")]))
