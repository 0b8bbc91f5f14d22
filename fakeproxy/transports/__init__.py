"""The transports: how a request reaches the app, in process through the client that sends it, or over loopback.

Input: a request of any HTTP client to a Twilio host. Output: the app's answer, in the client's own types, or an error
that stops the request. Ask `targets` which fake gets a request, `interception` to begin and end, `seams` for one
client, `loopback` for the server and the tunnel, `child` for other processes.
"""
