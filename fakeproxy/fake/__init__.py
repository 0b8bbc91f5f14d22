"""The object that a test holds: `FakeProxy`, from its settings to its report.

What comes in is settings and calls of a test; what goes out is views, clients, a server, and an error where a test must
fail. Ask `proxy` for the whole, `lifecycle` for start and stop, `seeding` for rows, `access` for clients, server and
tunnel, `state_file` for state on disk.
"""
