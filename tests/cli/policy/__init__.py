"""The commands about policies, as users run them."""
