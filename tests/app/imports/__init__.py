"""Registration files: what is read of them."""
