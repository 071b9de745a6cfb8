"""Verifies requests as a receiver does that uses the library of the Standard Webhooks project.

A line in: {"secret": …, "headers": [[name, value], …], "body": base64}. A line out: "ok", or why not.
"""

import base64
import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

for line in sys.stdin:
    request = json.loads(line)
    try:
        webhook = Webhook(request["secret"])
        webhook.verify(base64.b64decode(request["body"]), dict(request["headers"]), json_parse=False)
        print("ok")
    except WebhookVerificationError as error:
        print(error)
