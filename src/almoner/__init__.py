"""Almoner: the office that gives out a company's public-welfare aid, and answers for it."""
