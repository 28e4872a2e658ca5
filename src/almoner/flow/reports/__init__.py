"""Publish: facts for the engine, and statements as they were frozen."""
