"""One file for each client or tool that is patched while a fake is active.

What comes in is a call of that client; what goes out is an answer in its own types. Ask a file for its `SEAMS`, the
methods that it replaces; `interception` puts them in, and nobody else uses them.
"""
