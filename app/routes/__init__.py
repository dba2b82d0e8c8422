"""HTTP in, one call, a document out."""
