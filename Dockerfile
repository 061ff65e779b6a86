# syntax=docker/dockerfile:1
# Lifeguard for production. One image, whose argument says which part it plays: dashboard, signin, worker, beat, setup.
# The target `local` is the embedded stack's Cognito and the sample application, for the compose profile `local`.

FROM python:3.11-slim-bookworm AS base
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN useradd --system --uid 10001 --user-group --home-dir /nonexistent --shell /usr/sbin/nologin lifeguard

FROM base AS product-packages
COPY requirements/base.txt /requirements.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r /requirements.txt

FROM base AS local-packages
COPY requirements/local.txt /requirements.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r /requirements.txt

FROM base AS local
COPY --from=local-packages /venv /venv
COPY local /app/local
RUN install -d -o lifeguard -g lifeguard /data
WORKDIR /app
ENV PATH=/venv/bin:$PATH
USER lifeguard

FROM base AS product
COPY --from=product-packages /venv /venv
WORKDIR /app
COPY manage.py docker-entrypoint.sh ./
# What `manage.py doctor` compares a role with.
COPY docs/aws docs/aws
COPY config config
COPY federation federation
COPY identity identity
COPY tenants tenants
COPY static static
COPY templates templates
ENV PATH=/venv/bin:$PATH
# Static files are the same for every installation, so they are built into the image; the settings need some values to be
# read at all, and these are used for nothing else.
RUN LIFEGUARD_SECRET_KEY=build LIFEGUARD_ENCRYPTION_KEYS="build:$(head -c 32 /dev/zero | base64)" \
    LIFEGUARD_DATABASE_URL=postgresql://build/build LIFEGUARD_REDIS_URL=redis://build/0 \
    LIFEGUARD_EMAIL_URL=smtp://build LIFEGUARD_EMAIL_FROM=build@build.example \
    LIFEGUARD_DASHBOARD_URL=https://dashboard.build.example LIFEGUARD_SIGNIN_URL=https://signin.build.example \
    python manage.py collectstatic --noinput
RUN install -d -o lifeguard -g lifeguard /run/lifeguard
USER lifeguard
# 9100 is for Prometheus alone; docs/operations.md says how it is asked.
EXPOSE 8000 9100
ENTRYPOINT ["./docker-entrypoint.sh"]
CMD ["dashboard"]
