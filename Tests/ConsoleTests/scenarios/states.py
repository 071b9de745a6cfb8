"""The states of a list, the sign-in, times, filters and the search."""
import re
import subprocess
import time

from world import scenario


@scenario("a list has four states: loading, an error with Try again, nothing yet, and no match with Clear filters")
def four_states(world):
    page = world.page()
    held = world.gateway.hold("listConversions")
    page.driver.get(f"{page.base}/console/conversions.html")
    page.shows("Loading")
    held.set()
    page.settle()
    page.shows_not("Loading")
    world.gateway.answer("listConversions", {"error": {"code": "unavailable", "message": "the database is busy", "retryable": True}}, 503)
    page.open("conversions.html")
    page.shows("the database is busy")
    world.gateway.answer("listConversions", {"conversions": [], "next": None})
    page.press("Try again")
    page.shows("No conversions yet")
    page.open("conversions.html?status=rejected")
    page.shows("No conversion matches these filters")
    page.all("link", "Clear filters")[-1].click()
    page.until(lambda: "status=" not in page.driver.current_url, "the filters to be cleared")
    page.settle()
    page.shows("No conversions yet")


@scenario("a failed refresh keeps what is shown, and says so")
def stale(world):
    offer = world.offer()
    world.postback(offer, world.affiliate(), url="http://t.example/?c={click_id}")
    page = world.page(speed=10)
    page.open("offer.html?id=" + offer["id"])
    world.gateway.answer("listPostbacks", {"error": {"code": "unavailable", "message": "the database is busy", "retryable": True}}, 503)
    page.shows("Not refreshed: the database is busy")
    page.shows("http://t.example/?c={click_id}")
    del world.gateway.answers["listPostbacks"]
    page.until(lambda: "Not refreshed" not in page.text, "the next refresh")


@scenario("an error that may pass is tried again, also by a panel that is not refreshed otherwise")
def passing_error(world):
    world.gateway.answer("/openapi.json", {"error": {"code": "unavailable", "message": "the gateway is busy", "retryable": True}}, 503)
    page = world.page(speed=10)
    page.open("functions.html")
    page.shows("the gateway is busy")
    del world.gateway.answers["/openapi.json"]
    page.shows("recordConversion")


@scenario("where a key is needed the console asks for it once, and posts it once")
def sign_in(world):
    page = world.page(speed=10)
    refusal = {"error": {"code": "unauthorized", "message": "a key is needed", "retryable": False}}
    world.gateway.answer("listOffers", refusal, 401)
    posted = []
    world.gateway.answer("/console/session", {"error": {"code": "unauthorized", "message": "the key is not valid", "retryable": False}}, 401)
    page.driver.get(f"{page.base}/console/offers.html")
    # Who cancels is not asked again before they want it.
    page.press("Cancel", page.dialog("Sign in"))
    page.shows("a key is needed")
    page.shows("Waits: signed out")
    # Three turns of the clock.
    time.sleep(1.5)
    assert not page.all("dialog")
    page.press("Try again")
    dialog = page.dialog("Sign in")
    key = dialog.find_element("css selector", "input[type=password]")
    key.send_keys("pbk_1_wrong")
    page.press("Sign in", dialog)
    page.until(lambda: "the key is not valid" in dialog.text, "the refusal")
    del world.gateway.answers["listOffers"]
    world.gateway.answer("/console/session", lambda input: input and posted.append(input) or {"open": False, "name": "desk", "scope": "manage"})
    key.clear()
    key.send_keys("pbk_1_right")
    page.press("Sign in", dialog)
    page.no_dialog()
    page.settle()
    assert posted == [{"key": "pbk_1_right"}], posted
    page.shows("Live")
    assert page.script("return JSON.stringify([localStorage.length, sessionStorage.length])") == "[0,0]"
    assert "pbk_" not in page.driver.current_url and "pbk_" not in page.text


@scenario("a key signs in and out, and one that only reads can change nothing")
def keys(world):
    offer = world.offer(goals=["deposit"])
    made = []

    def key(scope):
        printed = subprocess.run([world.program, "keys", "create", "--name", f"{scope}-{world.mark}", "--scope", scope],
                                 capture_output=True, text=True, check=True, env=world.environment).stdout
        made.append(re.search(r"pbk_([0-9A-Za-z]+)_\S+", printed))
        return made[-1].group(0)

    def sign_in(text):
        dialog = page.dialog("Sign in")
        dialog.find_element("css selector", "input[type=password]").send_keys(text)
        page.press("Sign in", dialog)
        page.no_dialog()
        page.settle()

    page = world.page()
    try:
        read, manage = key("read"), key("manage")
        page.until(lambda: page.driver.get(f"{page.base}/console/offer.html?id={offer['id']}") or page.all("dialog"), "the keys to count")
        sign_in(read)
        page.shows(offer["name"])
        page.shows(f"read-{world.mark}")
        assert not page.all("button", "New Callback") and not page.all("switch")
        assert page.script("return document.cookie") == "" and page.driver.get_cookies()[0]["httpOnly"]
        status = page.script("""
            return fetch('/function/configureOffer', { method: 'POST', headers: { 'Content-Type': 'application/json' },
              body: JSON.stringify({ offerId: arguments[0], goalsEnabled: true }) }).then((answer) => answer.status)""", offer["id"])
        assert status == 403, status
        page.press("Sign out")
        sign_in(manage)
        page.one("switch", "Enabled Goals").click()
        page.shows("Goals are on")
        assert all(one not in page.script("return document.documentElement.outerHTML") for one in (read, manage))
        page.check_quiet(allowed=["401 (Unauthorized)", "403 (Forbidden)"])
    finally:
        for one in made:
            subprocess.run([world.program, "keys", "revoke", one.group(1)], capture_output=True, env=world.environment)


@scenario("times are in UTC, with the local time in the title and on focus")
def times(world):
    offer = world.offer()
    page = world.page()
    page.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Kolkata"})
    page.open("offer.html?id=" + offer["id"])
    shown = page.driver.find_element("css selector", "main time")
    stamp = shown.get_attribute("datetime")
    utc = f"{stamp[:10]} {stamp[11:19]}"
    assert shown.text == utc, shown.text
    assert "+05:30 here" in shown.get_attribute("title") and utc in shown.get_attribute("title")
    page.script("arguments[0].focus()", shown)
    assert shown.text.endswith("+05:30") and shown.text != utc, shown.text
    page.script("arguments[0].blur()", shown)
    assert shown.text == utc


@scenario("filters are in the URL, and any id finds its conversion")
def filters(world):
    offer, affiliate = world.offer(), world.affiliate()
    one = world.conversion(offer, affiliate, 1)["conversion"]
    world.conversion(offer, affiliate, 2, status="done")
    page = world.page()
    page.open("conversions.html")
    page.fill("Offer", offer["id"])
    page.fill("Status", "Done")
    page.press("Apply")
    page.until(lambda: "status=done" in page.driver.current_url, "the filter in the URL")
    page.settle()
    page.until(lambda: len(page.all("row")) == 1 and "since" not in page.driver.current_url, "one row, without a time")
    page.driver.back()
    page.until(lambda: "status" not in page.driver.current_url, "the page before")
    for id in (f"t-{world.mark}-1", f"c-{world.mark}-1", str(one["id"])):
        page.open("conversions.html?id=" + id)
        assert any(f"t-{world.mark}-1" in row.text for row in page.all("row")), id
    page.open("conversions.html?offerId=nobody")
    page.check_quiet(allowed=["404 (Not Found)"])


@scenario("deliveries are filtered by destination, HTTP class and error")
def delivery_filters(world):
    world.receiver.status = 403
    offer, affiliate = world.offer(), world.affiliate()
    world.postback(offer, affiliate)
    world.conversion(offer, affiliate)
    world.wait_for_state("failed", 1, offer)
    page = world.page()
    page.open("deliveries.html")
    page.fill("Destination", world.receiver.url)
    page.fill("HTTP", "4xx")
    page.fill("Error", "http_status")
    page.press("Apply")
    page.until(lambda: "httpStatus=4xx" in page.driver.current_url, "the filters in the URL")
    page.settle()
    assert [offer["id"] in row.text for row in page.all("row")] == [True]
    for other in ("httpStatus=5xx", "httpStatus=404", "errorCode=timeout"):
        page.open(f"deliveries.html?offerId={offer['id']}&{other}")
        page.shows("No delivery matches these filters")
    page.check_quiet()


@scenario("the search leads to a record by any id")
def search(world):
    offer, affiliate = world.offer(), world.affiliate()
    conversion = world.conversion(offer, affiliate)["conversion"]
    page = world.page()
    page.open("offers.html")
    page.field("Find any id").send_keys(f"t-{world.mark}-1\n")
    page.until(lambda: f"conversion.html?id={conversion['id']}" in page.driver.current_url, "the page of the conversion")
    page.open("offers.html")
    page.field("Find any id").send_keys(f"nothing-{world.mark}\n")
    page.shows("Nothing has the id")
    page.check_quiet()


@scenario("a function is tried from its fixture, and shown as curl")
def functions(world):
    world.gateway.wait_for_description()
    page = world.page()
    page.open("functions.html?name=configureAffiliate")
    page.shows("recordConversion")
    details = page.driver.find_element("css selector", "details[data-key=configureAffiliate]")
    area = page.field("Input of configureAffiliate", details)
    area.clear()
    area.send_keys('{"affiliateId": "%s"}' % world.id("tried"))
    page.press("Try", details)
    page.until(lambda: '"createdAt"' in details.text, "the answer")
    area.clear()
    area.send_keys('{"affiliate": 1}')
    page.press("Try", details)
    page.until(lambda: "did you mean" in details.text, "the refusal")
    page.script("window.copied = []; navigator.clipboard.writeText = async (text) => { copied.push(text) }")
    page.press("Copy as curl", details)
    text = page.until(lambda: page.script("return window.copied[0]"), "the copy")
    assert "/function/configureAffiliate" in text and "$POSTBACKS_API_KEY" in text
    page.check_quiet(allowed=["400 (Bad Request)"])


@scenario("destinations can be limited, their postbacks paused and resumed, and paused postbacks resumed")
def health(world):
    world.receiver.status = 410
    offer, affiliate = world.offer(), world.affiliate()
    stored = world.postback(offer, affiliate)
    world.conversion(offer, affiliate)
    world.wait_for_state("failed", 1, offer)
    page = world.page()
    page.open("health.html")
    paused = page.panel("Paused postbacks")
    row = page.until(lambda: [r for r in page.all("row", within=paused) if offer["id"] in r.text], "the paused postback")[0]
    assert "410" in row.text
    page.press("Resume", row)
    page.shows(f"Resumed postback {stored['id']}.")
    destinations = page.panel("Destinations")
    row = page.until(lambda: [r for r in page.all("row", within=destinations) if world.receiver.url in r.text], "the destination")[0]
    page.press("Limit", row)
    dialog = page.dialog()
    page.fill("At most in flight", "3", dialog)
    page.press("Save", dialog)
    page.no_dialog()
    page.until(lambda: any(world.receiver.url in r.text and "paced" in r.text for r in page.all("row", within=page.panel("Destinations"))),
               "the limit")
    for name, past, active in (("Pause", "paused", False), ("Resume", "resumed", True)):
        row = [r for r in page.all("row", within=page.panel("Destinations")) if world.receiver.url in r.text][0]
        page.press(name, row)
        dialog = page.dialog()
        page.until(lambda: f"1 postback will be {past}." in dialog.text, "the number of postbacks")
        page.press(name, dialog)
        page.no_dialog()
        page.shows(f"1 postback {past}.")
        listed = world.gateway.call("listPostbacks", {"postbackId": stored["id"]})["postbacks"][0]
        assert listed["active"] is active
    page.check_quiet()
