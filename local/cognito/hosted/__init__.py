"""What AWS serves on the domain of a user pool: OAuth 2.0 endpoints, and sign-in through identity providers.

At AWS each pool has a host name of its own. Here all of them share the address of the service, and a request's client,
state or token says which pool it is about; a pool without a domain has none of these endpoints, as at AWS. There are no
cookies: a sign-in is bound by its state alone, and each authorization request goes to the identity provider anew.
"""
