"""One module per service of the API: each function answers one call, and knows no HTTP."""
