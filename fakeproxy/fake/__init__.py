"""The object that a test holds: `FakeProxy`, from its settings to its report.

Input: the settings and the calls of a test. Output: views, clients, a server, and an error where a test must fail. Ask
`proxy` for the whole object, `settings` for its settings, `lifecycle` for start and stop, `seeding` for rows,
`sdk_clients` and `servers` for access, `state_file` for state on disk.
"""
