"""Two tenants in one shared pool: neither may reach, learn of, or collide with what is the other's."""
