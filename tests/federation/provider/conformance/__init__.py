"""What the OpenID Foundation's conformance suite asks of a provider, where no other test here shows it.

Each test is named after what has to be so; the suite's module or the standard's section is in its docstring.
"""
