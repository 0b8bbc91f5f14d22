"""What happened in a fake: the requests with their answers, and the alerts of Twilio's Debugger.

What comes in is noted by the API and the network while they work; what goes out is what a test reads. Ask `journal` for
requests, `alerts` for alerts; `passwords` hides what a report must not show.
"""
