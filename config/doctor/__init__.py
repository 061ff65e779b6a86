"""`manage.py doctor`: one check a function, each of which says in words what is wrong and what to do."""
