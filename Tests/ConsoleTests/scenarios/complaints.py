"""What users of similar consoles complain of in lists: selections, counts, refreshes and confirmations."""
import time

from world import failed_answers, scenario


def failed(world, number):
    """An offer with so many failed deliveries."""
    world.receiver.status = 403
    offer, affiliate = world.offer(), world.affiliate()
    # More than ten failures in a row pause a postback, so that each postback gets five.
    for first in range(0, number, 5):
        stored = world.postback(offer, affiliate, url=f"{world.receiver.url}/p{first}?c={{click_id}}&s={{status}}")
        for other in range(first, min(first + 5, number)):
            world.conversion(offer, affiliate, other)
        world.wait_for_state("failed", min(first + 5, number), offer)
        world.gateway.call("updatePostback", {"postbackId": stored["id"], "active": False})
    return offer, affiliate


@scenario("select-all says that it reaches this page only, and all that match is a button of its own")
def select_all(world):
    page = world.page()
    world.gateway.answer("listDeliveries", failed_answers(world, 50))
    world.gateway.answer("resendDeliveries", {"resent": 1204, "madeDue": 0, "leftOut": {}, "dryRun": True, "next": None})
    page.open("deliveries.html?state=failed&offerId=o")
    page.one("checkbox", "Select the rows of this page").click()
    page.shows("50 deliveries of this page selected")
    page.press("Resend selected")
    dialog = page.dialog()
    page.until(lambda: "will be sent" in dialog.text, "the count")
    assert len(world.gateway.inputs("resendDeliveries")[-1]["deliveryIds"]) == 50
    page.press("Cancel", dialog)
    page.press("Resend all that match (1,204)")
    dialog = page.dialog()
    page.until(lambda: "1,204 deliveries will be sent." in dialog.text, "the count")
    last = world.gateway.inputs("resendDeliveries")[-1]
    assert {"state": "failed", "offerId": "o"}.items() <= last["filter"].items() and "deliveryIds" not in last


@scenario("the number in the window is that of the call: same filter, and an until at the moment of the count")
def right_count(world):
    offer, affiliate = failed(world, 7)
    page = world.page()
    page.open(f"deliveries.html?state=failed&offerId={offer['id']}")
    page.until(lambda: page.all("button", "Resend all that match (7)"), "the number of matches")
    page.press("Resend all that match (7)")
    dialog = page.dialog()
    page.until(lambda: "7 deliveries will be sent." in dialog.text, "the count")
    # One more fails between the count and the confirmation; it is not among those that are sent.
    late = world.postback(offer, affiliate)
    world.conversion(offer, affiliate, 100)
    world.wait_for_state("failed", 8, offer)
    page.press("Resend", dialog)
    page.no_dialog()
    page.shows("7 deliveries will be sent.")
    calls = world.gateway.inputs("resendDeliveries")
    at = next(index for index, input in enumerate(calls) if not input["dryRun"])
    counted, sent = calls[at - 1:at + 1]
    assert counted["filter"] == sent["filter"] and sent["filter"]["until"].endswith("Z")
    remaining = world.gateway.call("listDeliveries", {"postbackId": late["id"]})["deliveries"]
    assert [delivery["attemptCount"] for delivery in remaining] == [1]
    page.check_quiet()


@scenario("one clock refreshes the page, and stops while told to, while a dialog is open, while rows are selected, and while hidden")
def one_clock(world):
    world.gateway.answer("listDeliveries", failed_answers(world, 3))
    page = world.page(speed=10)
    page.open("deliveries.html?state=failed")
    calls = lambda: len(world.gateway.inputs("listDeliveries"))

    def rests(what):
        before = calls()
        # Four turns of the clock.
        time.sleep(2)
        assert calls() == before, f"the page refreshes {what}"

    def goes():
        world.gateway.wait_for("listDeliveries", calls() + 1)

    goes()
    page.press("Stop refreshing")
    page.shows("Stopped")
    rests("although it was told to stop")
    page.press("Start refreshing")
    goes()
    page.one("checkbox", "Select delivery 1000").click()
    page.shows("rows are selected")
    rests("while rows are selected")
    page.press("Resend selected")
    page.dialog()
    page.press("Cancel", page.dialog())
    page.press("Clear selection")
    page.driver.find_element("css selector", "[data-key=matching]").click()
    page.dialog()
    rests("while a dialog is open")
    page.press("Cancel", page.dialog())
    goes()
    page.script("window.other = open('about:blank')")
    page.until(lambda: page.script("return document.hidden"), "the page to be hidden")
    page.until(lambda: page.script("return document.querySelector('#clock').textContent") == "Waits: hidden", "the clock to wait")
    rests("while it is hidden")
    page.script("other.close()")
    goes()


@scenario("a list says how many rows are shown, which is not their total")
def shown_not_total(world):
    world.gateway.answer("listDeliveries", failed_answers(world, 50))
    page = world.page()
    page.open("deliveries.html")
    page.shows("50 deliveries shown; there are more")
    next_page = page.one("link", "Next page")
    next_page.click()
    page.until(lambda: "after=" in page.driver.current_url, "the next page")
    page.settle()
    assert world.gateway.inputs("listDeliveries")[-1]["after"] == "bmV4dA=="
    page.driver.back()
    page.until(lambda: "after=" not in page.driver.current_url, "the first page")


@scenario("a slow or failing list leaves the other panels alone")
def alone(world):
    held = world.gateway.hold("listDestinations")
    world.gateway.answer("deliveryStatistics", {"error": {"code": "unavailable", "message": "the database is busy", "retryable": True}}, 503)
    page = world.page()
    page.driver.get(f"{page.base}/console/health.html")
    page.until(lambda: page.panel("Pollers").get_attribute("data-state") in ("shown", "nothing"), "the pollers")
    assert page.panel("Destinations").get_attribute("data-state") == "loading"
    hour = page.panel("The last hour")
    page.until(lambda: "the database is busy" in hour.text, "the error of the panel")
    del world.gateway.answers["deliveryStatistics"]
    page.press("Try again", hour)
    page.until(lambda: page.panel("The last hour").get_attribute("data-state") in ("shown", "nothing"), "the panel's answer")
    assert page.panel("Destinations").get_attribute("data-state") == "loading"
    held.set()
    page.until(lambda: page.panel("Destinations").get_attribute("data-state") in ("shown", "nothing"), "the destinations")


@scenario("deleting asks, with the number of deliveries that it cancels")
def delete_asks(world):
    world.receiver.status = 500
    offer, affiliate = world.offer(), world.affiliate()
    stored = world.postback(offer, affiliate)
    # One delivery ends the pause of a postback; the others stay owed while it is paused by the first answer.
    world.receiver.status = 410
    for number in range(4):
        world.conversion(offer, affiliate, number)
    world.wait_for_state("failed", 1, offer)
    held = len(world.wait_for_state("held", 0, offer))
    page = world.page()
    page.open("offer.html?id=" + offer["id"])
    page.press("Delete")
    dialog = page.dialog(f"Delete Postback {stored['id']}")
    owed = len([1 for delivery in world.gateway.call("listDeliveries", {"offerId": offer["id"]})["deliveries"]
                if delivery["state"] in ("owed", "retrying", "held", "in_flight")])
    expected = f"{owed} owed deliver" if owed else "It owes no deliveries"
    assert expected in dialog.text, (held, dialog.text)
    page.press("Cancel", dialog)
    page.no_dialog()
    assert len(page.all("row")) == 1
    page.press("Delete")
    page.press("Delete", page.dialog())
    page.no_dialog()
    page.shows("No postbacks yet")
    page.check_quiet()


@scenario("a backfill says how many events it sends")
def backfill(world):
    offer, affiliate = world.offer(), world.affiliate()
    for number in range(3):
        world.conversion(offer, affiliate, number)
    world.postback(offer, affiliate)
    page = world.page()
    page.open("offer.html?id=" + offer["id"])
    page.press("Backfill")
    dialog = page.dialog()
    page.fill_time("Since (UTC)", "2020-01-01T00:00", dialog)
    page.until(lambda: "3 events will be owed" in dialog.text, "the count")
    page.press("Backfill", dialog)
    page.no_dialog()
    page.shows("3 events will be sent")
    world.receiver.wait_for(3)
    page.check_quiet()
