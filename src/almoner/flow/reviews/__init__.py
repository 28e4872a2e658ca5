"""Who reviews an application, and what they gave it."""
