"""The phone network around Twilio: the texts and calls of people, and the webhooks to the application.

Input: the actions of people at phones, and changes of status in the engine. Output: webhooks, and the outcome of each
text or call. `phones` and `contacts` have the objects that tests hold; `traffic` routes texts and calls;
`out_of_session` carries out TwiML and creates sessions; `webhooks` delivers callbacks.
"""
