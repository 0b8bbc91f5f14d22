"""The history of a fake: the events in order, the requests with their answers, and the alerts of Twilio's Debugger.

Input: events and entries from the engine, the API and the network. Output: the objects that a test reads. `history` has
the events, `journal` the requests, `alerts` the alerts; `stored` reads events from the store, `index` finds those of a
SID, a number or a kind, and `windows` cuts a bounded part out. `sentences` and `story` make text of events, and `hints`
names causes that no single event shows; `passwords` hides passwords in it. `diagram` makes lanes and rows of events;
`mermaid` and `svg` draw them.
"""
