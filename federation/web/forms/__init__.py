"""The forms of the wizard: they name the fields; the rules are the services'."""
