"""Show the directory's pages."""
