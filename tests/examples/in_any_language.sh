set -eu

# One fake for all tests of the job; its time stands still until a test steps it.
port=${PORT:-4010}
fakeproxy serve --port "$port" --time still --start 2030-01-01T09:00:00Z &
trap "kill $!" EXIT
url=http://127.0.0.1:$port
json="Content-Type: application/json"
until curl -sf "$url/_fakeproxy/health" > /dev/null; do sleep 0.1; done

# A test: from the first state, with a pool of its own ...
curl -sf -X POST "$url/_fakeproxy/reset" > /dev/null
curl -sf "$url/_fakeproxy/seed" -H "$json" -d '{
  "services": [{"unique_name": "rides", "numbers": ["+14155550001"]}],
  "sessions": [{"unique_name": "job-7", "ttl": 3600,
                "participants": ["+14155550100", "+14155550101"]}]
}' > /dev/null

# ... the application under test uses $url/v1 as it uses proxy.twilio.com, people text each other ...
curl -sf "$url/_fakeproxy/phones/%2B14155550100/text" -H "$json" \
  -d '{"to": "+14155550001", "body": "hi"}' > /dev/null
curl -sf "$url/_fakeproxy/phones/%2B14155550101" | grep -q '"body": "hi"'

# ... an hour passes, and at the end nothing was left over that must fail the test.
curl -sf "$url/_fakeproxy/clock" -H "$json" -d '{"advance": "PT1H"}' |
  grep -q '"kind": "expire session"'
curl -sf "$url/_fakeproxy/tables/sessions" | grep -q '"status": "closed"'
curl -sf -X POST "$url/_fakeproxy/check" > /dev/null
