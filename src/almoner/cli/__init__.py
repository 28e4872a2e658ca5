"""The `almoner` command, a file a chapter."""
