"""Gunicorn's access log without the addresses that are secrets; `--logger-class` names it."""

from typing import Any

from gunicorn.glogging import Logger

from config.logs import hidden


class AccessLogger(Logger):  # type: ignore[misc]  # Gunicorn ships no types
    """Writes a request's path with its secret left out. The query, which may hold codes, is not in the format."""

    def atoms(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return what the format can name."""
        atoms = super().atoms(*args, **kwargs)
        return {name: hidden(value) if isinstance(value, str) else value for name, value in atoms.items()}
