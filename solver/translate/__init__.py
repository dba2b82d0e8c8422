"""Where ids become numbers and numbers become ids: the one way between schemas and solver."""
