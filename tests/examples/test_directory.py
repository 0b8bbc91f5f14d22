from flask import Flask, jsonify, request

AGENT = "+14155550199"
# one reserved number for each listing
LISTINGS = {"+14155550091": "house-1", "+14155550092": "house-2"}

app = Flask("directory")


@app.post("/out-of-session")
def first_contact():  # a buyer texts the number of a listing: connect them to the agent
    listing = LISTINGS[request.form["To"]]
    return jsonify(uniqueName=f"{listing}/{request.form['From']}", participantIdentifier=AGENT)


def test_two_buyers_and_one_agent(fakeproxy):
    fakeproxy.webhooks.mount("https://estate.example.com", app)
    fakeproxy.add_service(
        numbers=["+14155550001", "+14155550002"],
        reserved_numbers=list(LISTINGS),
        out_of_session_callback_url="https://estate.example.com/out-of-session",
    )
    one, two, agent = map(fakeproxy.phone, ("+14155550100", "+14155550101", AGENT))

    assert one.text("+14155550091", "is house 1 still for sale?").delivered_to == AGENT
    assert two.text("+14155550092", "can I see house 2?").delivered_to == AGENT

    shown = [text.from_ for text in agent.inbox]
    # two pool numbers, so that the agent can tell the buyers apart
    assert shown == ["+14155550001", "+14155550002"]
    agent.text(shown[1], "tomorrow at nine?")
    assert [(text.from_, text.body) for text in two.inbox] == [
        ("+14155550092", "tomorrow at nine?")
    ]
    assert one.inbox == ()
    assert (
        fakeproxy.sessions["house-1/+14155550100"].participants[0].proxy_identifier
        == "+14155550091"
    )
