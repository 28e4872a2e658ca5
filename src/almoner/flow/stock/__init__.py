"""Stock: lots of what is given in kind, from the consignment to the award that received them."""
