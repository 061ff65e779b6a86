"""What `bench.web_requests` runs: a bare Django view, and the product with the views that are compared."""
