"""Two demonstration identity providers, one for SAML 2.0 and one for OpenID Connect.

They are what a customer's Okta or Entra ID is to Lifeguard: separate processes with people, groups and an admin page on
which somebody types what Lifeguard shows. They do what they are told, mistakes included: an assertion goes out for the
audience that was typed, whoever asks.
"""
