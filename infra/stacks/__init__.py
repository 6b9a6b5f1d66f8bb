"""The stacks, in the order in which they depend on each other.

data → media → identity → live, chat → api → firewall, edge → processing → observability
"""
