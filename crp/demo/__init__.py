"""The demo world: a company called Halden and its references, told in the program's own verbs."""
