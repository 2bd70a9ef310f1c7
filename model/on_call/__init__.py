"""Who is on call: turns of a rotation, and swaps of them."""
