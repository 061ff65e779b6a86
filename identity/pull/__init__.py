"""What changed in Cognito past us comes back: by a sweep of each pool, and by events that say where to look.

Cognito tells nobody of admin updates, disables and deletes, and ListUsers has no filter for "changed since". So each
pool is listed from beginning to end now and then (`schedule`, `sweep`), and it is incremental in these ways:

- A user whose UserLastModifiedDate is the one we know costs nothing: a page of 60 is compared in memory against one
  query, and only what changed is written. 10,000 unchanged users are 167 calls and no statement for any one of them.
- Whoever an event names is looked up alone (`lookup`), within seconds instead of at the next sweep.
- A sweep that was interrupted goes on at the page where it was.

A shared pool is listed as a whole and not by a prefix for each tenant: shards would need at least as many pages, one of
them short for each tenant, and would not show the names that are no tenant's.

What is read is never taken for more than it is. Only whoever a single, consistent lookup does not know either is
missing (`absence`); whoever is new comes in only when still there after a while (`arrivals`); and each field has an
owner who wins (`ownership`).
"""
