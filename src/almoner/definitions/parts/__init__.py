"""The parts of a programme, in the order of its sections; `programme.py` holds the whole and names them all."""
