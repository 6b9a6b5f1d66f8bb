"""The mailbox of `make run`: what SES would have sent, to read in a browser or by a program.

The engine writes each message as a file (`infra.local.engine.mail`); this only shows them, whoever
they were sent to. It is for loopback alone, and stays when the engine is started again.
"""
