"""Sends events with the CloudEvents project's library: each line of standard input is {"mode","attributes","data"}. It prints a line
for each answer: the status, Retry-After and the body."""
import http.client
import json
import sys

from cloudevents.http import CloudEvent, to_binary, to_structured

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
for line in sys.stdin:
    call = json.loads(line)
    event = CloudEvent(call["attributes"], call["data"])
    headers, body = (to_binary if call["mode"] == "binary" else to_structured)(event)
    connection.request("POST", "/", body, headers)
    answer = connection.getresponse()
    print(answer.status, answer.getheader("Retry-After", "-"), answer.read().decode().strip() or "-", flush=True)
