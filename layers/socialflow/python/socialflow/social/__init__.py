"""Social: who follows whom.

Following is one item, written and removed by one conditional write, from which both directions
are read. Nothing is counted yet: numbers of followers will be folded from the table's stream.
"""
