"""`make bench`: what the project says of its speed and size, measured; a report, not a test.

    python -m bench                 everything
    python -m bench cold-start      one measurement (several may be named)

Each module measures one thing and returns a `Section`. What is compared with each other is taken
in the same run, in turns, and told as medians. Figures that miss their bound are shown as such;
the exit status is 0 all the same.
"""
