"""How a tenant's users enter the dashboard: allauth's OpenID Connect client on our own issuer."""
