"""The organiser's pages: what a browser shows of the service, made of the public api alone."""
