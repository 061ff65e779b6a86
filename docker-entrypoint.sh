#!/bin/sh
# Plays the part that is named by the first argument. `exec` lets the server get the container's signals itself.
set -eu

web() {
    LIFEGUARD_SITE="$1" exec gunicorn --bind 0.0.0.0:8000 --workers "${WEB_WORKERS:-2}" --worker-class gthread \
        --threads "${WEB_THREADS:-8}" --worker-tmp-dir /dev/shm --no-control-socket --access-logfile - \
        --logger-class config.gunicorn_log.AccessLogger config.wsgi:application
}

# Asks the web server of this container for /healthz, under the host name that it answers to.
health() {
    exec python -c '
import http.client, sys, urllib.parse
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=3)
connection.request("GET", "/healthz", headers={"Host": urllib.parse.urlsplit(sys.argv[1]).netloc})
sys.exit(connection.getresponse().status != 200)' "$1"
}

case "${1:-}" in
    dashboard | signin) web "$1" ;;
    worker) exec celery --quiet --app config.celery worker --concurrency "${WORKER_CONCURRENCY:-4}" ;;
    beat) exec celery --quiet --app config.celery beat --schedule /run/lifeguard/beat-schedule --pidfile '' ;;
    setup) python manage.py migrate --noinput && exec python manage.py setup ;;
    manage) shift; exec python manage.py "$@" ;;
    health-dashboard) health "$LIFEGUARD_DASHBOARD_URL" ;;
    health-signin) health "$LIFEGUARD_SIGNIN_URL" ;;
    *) echo "Say which part to play: dashboard, signin, worker, beat, setup, or manage COMMAND." >&2; exit 64 ;;
esac
