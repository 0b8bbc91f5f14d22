"""Servers on loopback, for programs in other processes and other languages.

What comes in is HTTP/1.1 on a socket; what goes out is the answer of an app. Ask `server` for the API itself, `tunnel`
for an HTTP proxy that answers for Twilio, `forward` for an app that passes requests on to the server of another
process.
"""
