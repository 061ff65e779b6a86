"""The people, and Cognito: the directory, the reconciler, tokens, and the only code that talks to AWS."""
