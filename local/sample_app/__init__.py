"""A sample application: what an operator's own application does with Lifeguard, and nothing more.

It is an ordinary OpenID Connect client and knows an issuer, a client id and a client secret. Beside its pages it has an
API of its own, which trusts Lifeguard's access tokens.
"""
