"""The REST API: from a request to a call of the engine, and from rows to JSON.

Input: a WSGI environ, or the texts of a request of the SDK. Output: the answer that Twilio would give. `operations` is
the table of operations; `parameters` reads values; `ignored` tells which have no effect; `resources` writes rows as
JSON; `app` handles a request; `faults` has the failures that a test orders.
"""
