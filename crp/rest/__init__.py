"""What every endpoint shares: cursor pages, problems, idempotency, scoping. See crp.rest.views."""
