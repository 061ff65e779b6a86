"""One rate budget for all processes: who may call Cognito when (docs/architecture.md, "Rate budget")."""
