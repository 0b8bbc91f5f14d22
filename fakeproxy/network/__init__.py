"""The people and the application around Twilio: texts, calls, and webhooks.

What comes in is what a person does at a phone, or a change of status in the engine; what goes out is the form of a
webhook, and what became of the contact. Ask `phones` and `contacts` for what a test holds, `traffic` for the way of a
contact, `out_of_session` for TwiML and sessions made on the spot, `webhooks` for how a callback is delivered.
"""
