"""The rules of Twilio Proxy: number selection, the life of a session, the routing of texts and calls.

Input: a `Store`, an instant and typed values. Output: changed rows, or a `Refusal`. Nothing here uses HTTP, sockets,
threads or the wall clock. Each resource has a file of rules (`sessions`, `participants`, `phone_numbers`, `messages`,
`calls`, ...); `selection` chooses a proxy number; `routing` decides where a text or call goes.
"""
