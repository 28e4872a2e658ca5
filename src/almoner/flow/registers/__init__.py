"""Register: what is written about without an application: sites, entities, those who take part."""
