"""A strict, durable, local Amazon Cognito for user pools, and a gateway to ministack for everything else.

``python -m local.cognito --port 4566 --data DIR`` serves the AWS JSON 1.1 protocol on 127.0.0.1. See
docs/adr/0001-local-cognito-replaces-ministack-for-user-pools.md for the decision, and `control` for the
address that tests use to watch, hold and break calls.

Comments cite facts by the tags of the project's Cognito reference: ``B:X`` is botocore's service model,
``DG:slug`` is a page of the AWS developer guide.
"""
