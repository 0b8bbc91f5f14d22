"""The servers on loopback, for programs in other processes and other languages.

Input: HTTP/1.1 on a socket. Output: the answer of an app. Ask `server` for the API itself, `tunnel` for an HTTP proxy
that answers for Twilio, `forward` for an app that forwards requests to the server of another process.
"""
