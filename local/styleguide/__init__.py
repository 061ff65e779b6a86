"""A living style guide: every component in every state. Only in the local stack; list it in INSTALLED_APPS."""
