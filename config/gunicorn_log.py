"""Gunicorn's own lines and its access log, in the form of all others; `--logger-class` names it."""

import logging.config
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from config.env import load
from config.logs import configuration


class AccessLogger(Logger):  # type: ignore[misc]  # Gunicorn ships no types
    """Hands everything to Python's logging. A request's query, which may hold codes, is never written."""

    def setup(self, cfg: Any) -> None:
        """Let the root logger write, also in Gunicorn's main process, which may not have loaded Django."""
        self.cfg = cfg
        self.loglevel = self.LOG_LEVELS.get(cfg.loglevel.lower(), logging.INFO)
        environment = load()
        logging.config.dictConfig(configuration(environment.log_level, environment.log_format))
        logging.captureWarnings(capture=True)
        for logger in (self.error_log, self.access_log):
            logger.setLevel(self.loglevel)
            logger.propagate = True

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Write one line for a request that was answered."""
        answered = dict(resp.headers)
        facts = {
            "method": environ["REQUEST_METHOD"],
            "path": environ["PATH_INFO"],
            "status": int(str(resp.status).split(maxsplit=1)[0]),
            "bytes": resp.sent,
            "seconds": round(request_time.total_seconds(), 6),
            "remote": environ.get("REMOTE_ADDR", ""),
            "request_id": answered.get("X-Request-ID", ""),
        }
        self.access_log.info("Answered.", extra=facts)
