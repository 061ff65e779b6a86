"""The OpenID provider: Authlib's server with its open defaults closed, over our tables and keys."""
