"""The REST API about single sign-on: the same services and selectors as its pages."""
