"""How a request reaches the app: in process through the clients that send it, or over loopback.

What comes in is a request of any HTTP client to a Twilio host; what goes out is the app's answer, in the client's own
types, or the error that stops the request. Ask `targets` which fake gets a request, `interception` to begin and end,
`seams` for one client, `loopback` for the server and the tunnel, `child` for other processes.
"""
