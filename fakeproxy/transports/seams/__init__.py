"""The seams: one file for each client or tool that is patched while a fake is active.

Input: a call of that client. Output: an answer in the client's own types. Ask a file for its `SEAMS`, the methods that
it replaces. `interception` installs them; only it uses them.
"""
