"""An invented office's year as data: a play is a YAML file beside the programmes, read, checked, drawn and played."""
