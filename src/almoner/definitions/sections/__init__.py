"""The readers of the sections, a file a group of sections; `load.py` calls them in the order of the flow."""
