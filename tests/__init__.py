"""The tests. They run against real servers; see `tests/support/stack_plugin.py`."""
