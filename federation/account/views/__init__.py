"""The pages of the account, one matter a module."""
