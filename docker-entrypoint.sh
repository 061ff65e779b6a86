#!/bin/sh
# Plays the part that is named by the first argument. `exec` lets the server get the container's signals itself.
set -eu

web() {
    counting
    LIFEGUARD_SITE="$1" exec gunicorn --config python:config.gunicorn_conf --bind 0.0.0.0:8000 \
        --workers "${WEB_WORKERS:-2}" --threads "${WEB_THREADS:-8}" --worker-tmp-dir /dev/shm config.wsgi:application
}

worker() {
    counting
    exec celery --quiet --app config.celery worker --concurrency "${WORKER_CONCURRENCY:-4}"
}

# The folder in which the processes of this part count; its main process adds up what Prometheus asks for.
counting() {
    export PROMETHEUS_MULTIPROC_DIR=/run/lifeguard/metrics
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
    worker) worker ;;
    beat) exec celery --quiet --app config.celery beat --schedule /run/lifeguard/beat-schedule --pidfile '' ;;
    setup) python manage.py migrate --noinput && exec python manage.py setup ;;
    manage) shift; exec python manage.py "$@" ;;
    health-dashboard) health "$LIFEGUARD_DASHBOARD_URL" ;;
    health-signin) health "$LIFEGUARD_SIGNIN_URL" ;;
    *) echo "Say which part to play: dashboard, signin, worker, beat, setup, or manage COMMAND." >&2; exit 64 ;;
esac
