"""The REST API: from a WSGI request to a call of the engine, and from rows to JSON.

What comes in is a WSGI environ; what goes out is an answer as Twilio would give it. Ask `operations` what there is,
`parameters` how a value is read, `resources` how a row is shown, `app` for the way of a request, `faults` for the
failures that a test has ordered.
"""
