"""The kinds of Cognito resource that the reconciler looks after, one module each."""
