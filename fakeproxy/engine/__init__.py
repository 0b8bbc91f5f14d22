"""The rules of Twilio Proxy: who is masked behind which number, when a session expires, where a contact is routed.

What comes in is a `Store`, an instant and typed values; what goes out is changed rows, or a `Refusal`. Nothing here
knows HTTP, sockets, threads or the wall clock. Ask one file a resource for its rules (`sessions`, `participants`,
`phone_numbers`, `messages`, `calls`), `selection` for the choice of a number, `routing` for where a contact goes.
"""
