"""A process beside a demo, in its environment: it sets tenants and people up by our services and Cognito's API.

The tests cannot do so themselves: Playwright's event loop keeps Django's database layer from working in their process.
"""
