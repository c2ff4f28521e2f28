"""Pages of requests, deals and the people asked."""
