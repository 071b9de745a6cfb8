"""What every scenario has: the gateway behind a proxy, a receiver, and ids that no other scenario uses."""
import secrets
import time

from browser import Page
from gateway import Gateway, Receiver

scenarios = {}


def scenario(name):
    """Makes a function a scenario. It gets a `World`."""
    def register(function):
        assert name not in scenarios, f"there are two scenarios {name!r}"
        scenarios[name] = function
        return function
    return register


def failed_answers(world, number):
    """The deliveries of a list that the proxy answers, where their number matters and not how they came to be."""
    return {"deliveries": [{
        "id": 1000 + index, "state": "failed", "postbackId": 1, "conversionId": 1, "offerId": "o", "affiliateId": "a",
        "eventId": 1, "sequence": 1, "status": "done", "destination": "https://t.example", "owedAt": "2026-01-02T03:04:05.678Z",
        "dueAt": None, "finishedAt": "2026-01-02T03:04:06.678Z", "waitsFor": None, "attemptCount": 1, "attempts": []}
        for index in range(number)], "next": "bmV4dA=="}


class World:
    """`program` is the path of the program `postbacks`; `environment` has the variables of the installation."""

    def __init__(self, url, browser, program, environment):
        self.browser, self.program, self.environment = browser, program, environment
        self.gateway = Gateway(url)
        self.receiver = Receiver()
        self.mark = secrets.token_hex(4)
        self.pages = []

    def page(self, **options):
        page = Page(self.browser(), self.gateway.url, **options)
        self.pages.append(page)
        return page

    def close(self):
        for page in self.pages:
            page.close()
        self.gateway.close()
        self.receiver.close()

    def id(self, word):
        return f"{word}-{self.mark}"

    # Records that a scenario needs before it begins.

    def offer(self, goals=(), enabled=False, id=None):
        id = id or self.id("offer")
        return self.gateway.call("configureOffer", {
            "offerId": id, "name": f"Offer {self.mark}", "goalsEnabled": enabled,
            "goals": [{"id": goal, "name": goal.title()} for goal in goals]})["offer"]

    def affiliate(self, word="affiliate"):
        return self.gateway.call("configureAffiliate", {"affiliateId": self.id(word), "name": f"{word.title()} {self.mark}"})["affiliate"]

    def postback(self, offer, affiliate, **fields):
        input = {"offerId": offer["id"], "affiliateId": affiliate["id"], "conversionStatus": "pending", "httpType": "GET",
                 "url": f"{self.receiver.url}/p?c={{click_id}}&s={{status}}", **fields}
        return self.gateway.call("createPostback", input)["postback"]

    def conversion(self, offer, affiliate, number=1, **fields):
        return self.gateway.call("recordConversion", {
            "offerId": offer["id"], "affiliateId": affiliate["id"], "transactionId": f"t-{self.mark}-{number}",
            "clickId": f"c-{self.mark}-{number}", **fields})

    def wait_for_state(self, state, count, offer):
        """Waits until so many deliveries of an offer are in a state."""
        deadline = time.monotonic() + 60
        while True:
            found = self.gateway.call("listDeliveries", {"offerId": offer["id"], "state": state, "limit": 1000})["deliveries"]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, f"{len(found)} deliveries are {state}, not {count}"
            time.sleep(0.05)
