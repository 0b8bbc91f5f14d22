"""The history of a fake: the requests with their answers, and the alerts of Twilio's Debugger.

Input: entries from the API and the network while they work. Output: what a test reads. `journal` has the requests,
`alerts` the alerts; `passwords` hides passwords in reports.
"""
