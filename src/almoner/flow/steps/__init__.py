"""Every step of the flow as one transaction, read like a recipe; the only writer; takes many as well as one."""
