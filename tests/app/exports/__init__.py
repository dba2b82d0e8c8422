"""Exports, read back by parsers that are not ours."""
