"""How they arrive, and who trusts us: branded sign-in and the OpenID provider."""
