"""The story of the seed: goals, postbacks of each HTTP type, conversions, and a failure that is repaired."""
from urllib.parse import parse_qs, urlsplit
import json
import time

from selenium.webdriver.common.keys import Keys

from world import scenario


def new_offer(world, page):
    """Makes an offer with two goals on the page Manage Offers, and opens its page."""
    page.open("offers.html")
    page.press("New Offer")
    dialog = page.dialog("New Offer")
    page.fill("Offer ID", world.id("offer"), dialog)
    page.fill("Name", f"Offer {world.mark}", dialog)
    page.one("checkbox", "Enabled Goals", dialog).click()
    for number, (id, name) in enumerate([("install", "Install"), ("deposit", "First deposit")]):
        page.press("Add goal", dialog)
        page.all("textbox", "Goal ID", dialog)[number].send_keys(id)
        page.all("textbox", "Goal name", dialog)[number].send_keys(name)
    page.press("Save", dialog)
    page.no_dialog()
    page.one("link", "Configure its postbacks").click()
    page.settle()


def new_postback(world, page, http_type, path, goal="First deposit", status="Done", auth=None, params=(), headers=(), affiliate=None):
    page.press("New Callback")
    dialog = page.dialog("New Postback")
    if affiliate is None:
        page.press("New Affiliate", dialog)
        inner = page.dialog("New Affiliate")
        page.fill("Affiliate ID", world.id("ada"), inner)
        page.fill("Name", f"Ada {world.mark}", inner)
        page.press("Save", inner)
        page.until(lambda: len(page.all("dialog")) == 1, "the inner dialog to close")
    else:
        page.fill("Affiliate", affiliate, dialog)
    if goal:
        page.fill("Offer Goal", goal, dialog)
    page.fill("Conversion Status", status, dialog)
    page.fill("URL", f"{world.receiver.url}{path}", dialog)
    page.fill("HTTP Type", http_type, dialog)
    if auth:
        page.fill("Basic Auth", auth["mode"], dialog)
        for label, value in auth["fields"].items():
            page.fill(label, value, dialog)
    for title, what, pairs in (("Request Params", "param", params), ("Request Headers", "header", headers)):
        group = page.one("group", title, dialog)
        for number, (name, value) in enumerate(pairs):
            if number:
                page.press(f"Add {what}", group)
            page.all("textbox", "Name", group)[number].send_keys(name)
            page.all("textbox", "Value", group)[number].send_keys(value)
    page.press("Save", dialog)
    page.no_dialog()
    page.settle()


@scenario("the seed's story by clicking, at 360 pixels in dark")
def by_clicking_narrow(world):
    by_clicking(world, width=360, scheme="dark")


@scenario("the seed's story by clicking")
def by_clicking(world, **options):
    page = world.page(**options)
    new_offer(world, page)
    columns = [header.get_attribute("textContent") for header in page.driver.find_elements("css selector", "[role=columnheader]")]
    assert columns == ["ID", "Affiliate", "Goal", "Conversion Status", "URL", "HTTP Type", "Created", "Updated", "Action"], columns
    assert page.one("tab", "Postbacks").get_attribute("aria-selected") == "true"
    new_postback(world, page, "GET", "/get?c={click_id}&s={status}", params=[("sum", "{payout}")])
    ada = f"Ada {world.mark} ({world.id('ada')})"
    new_postback(world, page, "POST(FORM)", "/form", affiliate=ada, params=[("click", "{click_id}"), ("status", "{status}")],
                 auth={"mode": "Login and password", "fields": {"Login": "ada", "Password": "correct horse"}})
    new_postback(world, page, "POST(JSON)", "/json?s={status}", affiliate=ada, params=[("click", "{click_id}")],
                 headers=[("X-Source", "postbacks/{offer_id}")], auth={"mode": "Token", "fields": {"Token": "dG9rZW4=", "Scheme": "Bearer"}})
    page.until(lambda: len(page.all("row")) == 3, "three postbacks")
    for name in ("Edit", "Test", "Pause", "Resend", "Backfill", "Delete"):
        assert len(page.all("button", name)) == 3, name

    # A conversion of the goal is recorded and becomes Done: all three fire. One of another goal fires none.
    offer, affiliate = {"id": world.id("offer")}, {"id": world.id("ada")}
    recorded = world.conversion(offer, affiliate, 1, goalId="deposit", payout="12.30")
    assert recorded["deliveries"] == []
    page.open("conversions.html?offerId=" + world.id("offer"))
    page.press("Change status", page.row(f"t-{world.mark}-1"))
    dialog = page.dialog()
    assert [radio.get_attribute("value") for radio in page.all("radio", within=dialog)] == ["done", "rejected"]
    page.press("Change status", dialog)
    page.no_dialog()
    page.shows("3 postbacks fired")
    requests = {urlsplit(request["path"]).path: request for request in world.receiver.wait_for(3)}
    get, form, body = requests["/get"], requests["/form"], requests["/json"]
    assert parse_qs(urlsplit(get["path"]).query) == {"c": [f"c-{world.mark}-1"], "s": ["done"], "sum": ["12.30"]}
    assert parse_qs(form["body"]) == {"click": [f"c-{world.mark}-1"], "status": ["done"]}
    assert form["headers"]["Authorization"].startswith("Basic ")
    assert json.loads(body["body"]) == {"click": f"c-{world.mark}-1"}
    assert body["headers"]["Authorization"] == "Bearer dG9rZW4=" and body["headers"]["X-Source"] == f"postbacks/{world.id('offer')}"
    assert world.conversion(offer, affiliate, 2, goalId="install", status="done")["deliveries"] == []

    # Goals off: the goal is kept and does not count. On again: it counts as before.
    page.open("offer.html?id=" + world.id("offer"))
    page.shows("3 postbacks keep their goal; it will not count")
    goals = page.one("switch", "Enabled Goals")
    goals.click()
    page.shows("Goals are off")
    page.until(lambda: page.all("switch", "Enabled Goals")[0].get_attribute("aria-checked") == "false", "the switch")
    page.shows("does not count: goals are off")
    assert len(world.conversion(offer, affiliate, 3, goalId="install", status="done")["deliveries"]) == 3
    page.press("New Callback")
    dialog = page.dialog("New Postback")
    assert not page.all("combobox", "Offer Goal", dialog), "the goal can be set while goals are off"
    page.press("Cancel", dialog)
    page.no_dialog()
    page.one("switch", "Enabled Goals").click()
    page.shows("Goals are on")
    page.until(lambda: "does not count" not in page.text, "the goals to count")
    assert world.conversion(offer, affiliate, 4, goalId="install", status="done")["deliveries"] == []
    page.check_quiet()


@scenario("the seed's story with the keyboard alone, at 360 pixels in dark")
def by_keyboard_narrow(world):
    by_keyboard(world, width=360, scheme="dark")


@scenario("the seed's story with the keyboard alone")
def by_keyboard(world, **options):
    page = world.page(**options)
    page.open("offers.html")
    page.tab_to("link", "Skip to the content")
    page.tab_to("button", "New Offer")
    page.keys(Keys.ENTER)
    page.dialog("New Offer")
    page.type_into("Offer ID", world.id("offer"))
    page.type_into("Name", f"Offer {world.mark}")
    page.tab_to("checkbox", "Enabled Goals")
    page.keys(Keys.SPACE)
    page.tab_to("button", "Add goal")
    page.keys(Keys.ENTER)
    assert page.focused.accessible_name == "Goal ID"
    page.keys("deposit", Keys.TAB, "First deposit", Keys.ENTER)
    page.no_dialog()
    assert page.until(lambda: page.focused.accessible_name == "New Offer", "the focus to return")
    page.tab_to("link", "Configure its postbacks", back=True)
    page.keys(Keys.ENTER)
    page.until(lambda: "offer.html" in page.driver.current_url, "the page of the offer")
    page.settle()
    page.tab_to("button", "New Callback")
    page.keys(Keys.ENTER)
    page.dialog("New Postback")
    page.tab_to("button", "New Affiliate")
    page.keys(Keys.ENTER)
    page.dialog("New Affiliate")
    page.type_into("Affiliate ID", world.id("ada"))
    page.keys(Keys.ENTER)
    page.until(lambda: len(page.all("dialog")) == 1, "the inner dialog to close")
    assert page.until(lambda: page.focused.accessible_name == "New Affiliate", "the focus to return")
    page.tab_to("combobox", "Offer Goal")
    page.keys("F")
    page.tab_to("combobox", "Conversion Status")
    page.keys("D")
    page.type_into("URL", f"{world.receiver.url}/key?c=")
    page.tab_to("button", "Insert macro")
    page.keys(Keys.ENTER)
    page.until(lambda: "{click_id}" in page.focused.text, "the list of macros")
    page.keys(Keys.ENTER)
    assert page.focused.accessible_name == "URL"
    assert page.focused.get_attribute("value").endswith("/key?c={click_id}")
    page.tab_to("combobox", "HTTP Type")
    page.keys("P")
    page.tab_to("button", "Save")
    page.keys(Keys.ENTER)
    page.no_dialog()
    page.shows("Saved postback")
    assert page.until(lambda: page.focused.accessible_name == "New Callback", "the focus to return")
    stored = world.gateway.call("listPostbacks", {"offerId": world.id("offer")})["postbacks"][0]
    assert (stored["goal"]["id"], stored["conversionStatus"], stored["httpType"]) == ("deposit", "done", "POST(FORM)")
    world.conversion({"id": world.id("offer")}, {"id": world.id("ada")}, 1, goalId="deposit", status="done")
    world.receiver.wait_for(1)

    page.tab_to("button", "Pause")
    page.keys(Keys.ENTER)
    page.shows("Inactive")
    assert page.until(lambda: page.focused.accessible_name == "Resume", "the focus to stay in the row")
    page.tab_to("button", "Delete")
    page.keys(Keys.ENTER)
    page.dialog()
    page.keys(Keys.ESCAPE)
    page.no_dialog()
    assert page.focused.accessible_name == "Delete"
    page.tab_to("switch", "Enabled Goals", back=True)
    page.keys(Keys.SPACE)
    page.shows("Goals are off")
    assert page.until(lambda: page.focused.accessible_name == "Enabled Goals", "the focus to stay on the switch")
    page.check_quiet()


@scenario("a failing postback: its answer, the repair, and the resend by filter with the right count")
def repair(world):
    offer, affiliate = world.offer(), world.affiliate()
    stored = world.postback(offer, affiliate, url=world.receiver.url + "/wrong?c={click_id}&s={status}")
    world.receiver.status, world.receiver.body = 403, "the parameter key is wrong"
    for number in range(3):
        world.conversion(offer, affiliate, number)
    world.wait_for_state("failed", 3, offer)

    page = world.page()
    page.open("deliveries.html")
    page.fill("State", "failed")
    page.fill("Offer", offer["id"])
    page.press("Apply")
    page.settle()
    assert "state=failed" in page.driver.current_url and offer["id"] in page.driver.current_url
    assert len(page.all("row")) == 3
    page.shows("HTTP 403")
    session = page.script("return fetch('/console/session').then((answer) => answer.json())")
    page.shows(f"1 of {session['attempts']}")
    first = page.all("row")[0].find_element("css selector", "button.open")
    first.click()
    page.shows("the parameter key is wrong")
    page.shows("/wrong?c=c-")
    assert "open=" in page.driver.current_url

    page.open("offer.html?id=" + offer["id"])
    page.press("Edit")
    dialog = page.dialog(f"Edit Postback {stored['id']}")
    page.fill("URL", world.receiver.url + "/right?c={click_id}&s={status}", dialog)
    page.press("Save", dialog)
    page.no_dialog()
    page.shows("/right?c={click_id}")
    world.receiver.status, world.receiver.body = 200, "ok"

    page.open(f"deliveries.html?state=failed&offerId={offer['id']}")
    page.until(lambda: page.all("button", "Resend all that match (3)"), "the number of matches")
    page.press("Resend all that match (3)")
    dialog = page.dialog()
    page.until(lambda: "3 deliveries will be sent." in dialog.text, "the count")
    page.press("Resend", dialog)
    page.no_dialog()
    page.shows("3 deliveries will be sent.")
    world.receiver.wait_for(6)
    assert sorted(request["path"].split("?")[0] for request in world.receiver.requests) == ["/right"] * 3 + ["/wrong"] * 3
    world.wait_for_state("delivered", 3, offer)
    page.check_quiet()


@scenario("a conversion's timeline: what fired, what did not and why, and each attempt")
def timeline(world):
    offer, affiliate = world.offer(), world.affiliate()
    fired = world.postback(offer, affiliate)
    other = world.postback(offer, affiliate, conversionStatus="rejected")
    conversion = world.conversion(offer, affiliate, payout="12.30", currency="USD")["conversion"]
    world.wait_for_state("delivered", 1, offer)
    page = world.page()
    page.open(f"conversion.html?id={conversion['id']}")
    page.shows("it fires on rejected; this is pending")
    page.shows("12.30")
    page.shows(f"Postback {fired['id']}")
    page.shows(f"Postback {other['id']}")
    page.driver.find_element("css selector", ".attempts summary").click()
    page.shows("HTTP 200")
    page.shows("Postback-Delivery-Id")
    for word in ("DNS", "Connect", "First byte", "Total", "Address"):
        page.shows(word)
    page.press("Change status")
    page.press("Change status", page.dialog())
    page.no_dialog()
    page.shows("after Pending")
    page.check_quiet()


@scenario("Test previews and sends, is marked as a test, and leaves no conversion")
def test_send(world):
    offer, affiliate = world.offer(), world.affiliate()
    stored = world.postback(offer, affiliate, httpType="POST(JSON)", basicAuth={"token": "c2VjcmV0LXRva2Vu"},
                            requestParams={"click": "{click_id}"})
    world.receiver.body = "thanks"
    page = world.page()
    page.open("offer.html?id=" + offer["id"])
    page.press("Test")
    dialog = page.dialog(f"Test Postback {stored['id']}")
    page.until(lambda: "Postback-Test: 1" in dialog.text, "the preview")
    assert "c2VjcmV0LXRva2Vu" not in dialog.text
    page.press("Send test", dialog)
    page.until(lambda: "thanks" in dialog.text and "delivered" in dialog.text, "the answer")
    request = world.receiver.wait_for(1)[0]
    assert request["headers"]["Postback-Test"] == "1" and request["headers"]["Authorization"] == "Basic c2VjcmV0LXRva2Vu"
    page.press("Close", dialog)
    page.no_dialog()
    assert world.gateway.call("listConversions", {"offerId": offer["id"]})["conversions"] == []
    assert world.gateway.call("listDeliveries", {"offerId": offer["id"]})["deliveries"] == []
    page.check_quiet()


@scenario("mistakes stand at their fields, a macro's mistake at its place with the nearest name")
def mistakes(world):
    offer, affiliate = world.offer(), world.affiliate()
    page = world.page()
    page.open("offer.html?id=" + offer["id"])
    page.press("New Callback")
    dialog = page.dialog("New Postback")
    page.press("Save", dialog)
    page.until(lambda: dialog.find_elements("css selector", "[data-field=affiliateId] [aria-invalid]")
               and dialog.find_elements("css selector", "[data-field=url] [aria-invalid]"), "the marks at the fields")
    page.fill("Affiliate", f"Affiliate {world.mark} ({affiliate['id']})", dialog)
    page.fill("URL", world.receiver.url + "/p?c={clickid}&s={status}", dialog)
    page.press("Save", dialog)
    page.until(lambda: dialog.find_elements("css selector", "mark"), "the mark in the URL")
    assert dialog.find_element("css selector", "mark").text == "{clickid}"
    page.press("Use {click_id}", dialog)
    assert page.field("URL", dialog).get_attribute("value").endswith("/p?c={click_id}&s={status}")
    # A macro of another network is a warning, with the way to convert it.
    page.fill("URL", world.receiver.url + "/p?c=[cid]&s={status}", dialog)
    page.until(lambda: page.all("button", "Use {click_id}", dialog), "the conversion of the foreign macro")
    page.press("Use {click_id}", dialog)
    assert page.field("URL", dialog).get_attribute("value").endswith("/p?c={click_id}&s={status}")
    page.fill("URL", world.receiver.url + "/p?c={click_id}", dialog)
    page.fill("Conversion Status", "Pending", dialog)
    page.until(lambda: "the request sends no status" in dialog.text, "the warning")
    page.press("Save", dialog)
    page.no_dialog()
    page.shows("Saved postback")
    page.shows("Warning")
    page.check_quiet(allowed=["400 (Bad Request)"])


@scenario("typing in New Postback asks for no preview of what is not complete, and the browser has nothing to report")
def typing(world):
    offer = world.offer(goals=["deposit"], enabled=True)
    page = world.page(speed=20)
    page.open("offer.html?id=" + offer["id"])
    page.press("New Callback")
    dialog = page.dialog("New Postback")
    for summary in dialog.find_elements("css selector", "summary"):
        summary.click()
    url = "https://track.example.com:8443/p/%41?c={click_id}&s={status:pending=1,done=2}&x={sub1|none}"

    def type(control, text):
        for character in text:
            control.send_keys(character)
            # The page waits less after a change, so that it may ask for a preview of each text.
            time.sleep(0.04)

    type(page.field("URL", dialog), url)
    page.until(lambda: [input for input in world.gateway.inputs("previewPostback") if input["url"] == url], "the preview of the URL")
    for group, pair in (("Request Params", ("click", "{click_id}")), ("Request Headers", ("X-Source", "a {offer_id}"))):
        fields = page.all("textbox", within=page.one("group", group, dialog))
        for field, text in zip(fields, pair):
            type(field, text)
    page.fill("Basic Auth", "Login and password", dialog)
    for label, text in (("Login", "ada"), ("Skip when empty", "click_id, payout"),
                        ("Statuses", "200-204, 302"), ("Signing Secret", "whsec_MDEyMz"), ("Password", "correct horse")):
        type(page.field(label, dialog), text)
    page.until(lambda: (world.gateway.inputs("previewPostback")[-1].get("basicAuth") or {}).get("password") == "correct horse",
               "the preview of all of it")
    asked = world.gateway.inputs("previewPostback")
    assert len(asked) > 20 and all(input["url"].startswith("https://t") for input in asked)
    page.check_quiet()
    # A mistake in a complete request is shown at its field.
    page.fill("URL", "https://track.example.com/p?c=[cid]&amp;s={status}", dialog)
    field = dialog.find_element("css selector", "[data-field=url]")
    page.until(lambda: field.text.count("Warning: url has") == 2, "the warnings at the field")
    assert dialog.find_element("css selector", ".warnings").text.count("Warning: url has") == 2
    page.press("Use {click_id}", dialog)
    assert page.field("URL", dialog).get_attribute("value") == "https://track.example.com/p?c={click_id}&amp;s={status}"
    page.check_quiet()


@scenario("a preset fills in the request of a tracker")
def preset(world):
    offer, affiliate = world.offer(), world.affiliate()
    page = world.page()
    page.open("offer.html?id=" + offer["id"])
    page.press("New Callback")
    dialog = page.dialog("New Postback")
    page.fill("Affiliate", f"Affiliate {world.mark} ({affiliate['id']})", dialog)
    dialog.find_element("xpath", ".//summary[contains(., 'preset')]").click()
    page.fill("Tracker", "Keitaro", dialog)
    page.press("Fill in", dialog)
    page.until(lambda: dialog.text.count("is needed") == 2, "what is missing")
    page.fill("Domain", "track.example.com", dialog)
    page.fill("Key", "abc1", dialog)
    page.press("Fill in", dialog)
    page.until(lambda: page.field("URL", dialog).get_attribute("value"), "the URL of the preset")
    page.press("Save", dialog)
    page.no_dialog()
    stored = world.gateway.call("listPostbacks", {"offerId": offer["id"]})["postbacks"][0]
    assert stored["url"] == "https://track.example.com/abc1/postback", stored["url"]
    assert stored["requestParams"]["status"] == "{status:pending=lead,done=sale,rejected=rejected}"
    assert stored["skipWhenEmpty"] == ["click_id"] and stored["omitEmptyParams"] is True
    page.check_quiet()


@scenario("a postback for every offer and every affiliate")
def every_offer(world):
    affiliate, offer = world.affiliate(), world.offer()
    page = world.page()
    page.open("offers.html")
    page.one("link", "Postbacks of every offer").click()
    page.settle()
    page.press("New Callback")
    dialog = page.dialog("New Postback")
    page.fill("Affiliate", f"Affiliate {world.mark} ({affiliate['id']})", dialog)
    page.fill("Conversion Status", "Pending", dialog)
    page.fill("URL", world.receiver.url + "/all?c={click_id}&s={status}", dialog)
    page.press("Save", dialog)
    page.no_dialog()
    page.shows(world.receiver.url)
    page.open("offer.html?id=" + offer["id"])
    page.shows("every offer")
    page.press("New Callback")
    dialog = page.dialog("New Postback")
    page.fill("Affiliate", "Every affiliate (*)", dialog)
    page.fill("Conversion Status", "Pending", dialog)
    page.fill("URL", world.receiver.url + "/network?c={click_id}&s={status}", dialog)
    page.press("Save", dialog)
    page.no_dialog()
    page.shows("Every affiliate")
    world.conversion(offer, affiliate)
    paths = sorted(request["path"].split("?")[0] for request in world.receiver.wait_for(2))
    assert paths == ["/all", "/network"], paths
    page.check_quiet()
    # Other scenarios on the same database do not expect it.
    for stored in world.gateway.call("listPostbacks", {"affiliateId": affiliate["id"]})["postbacks"]:
        world.gateway.call("deletePostback", {"postbackId": stored["id"]})


@scenario("an edit changes only what was changed, and keeps stored secrets")
def edit(world):
    offer, affiliate = world.offer(goals=["deposit"], enabled=True), world.affiliate()
    world.postback(offer, affiliate, goalId="deposit", basicAuth={"login": "ada", "password": "correct horse"},
                   requestParams={"a": "{click_id}"}, signingSecret="whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    page = world.page()
    page.open("offer.html?id=" + offer["id"])
    page.press("Edit")
    dialog = page.dialog()
    page.fill("URL", world.receiver.url + "/new?c={click_id}&s={status}", dialog)
    page.press("Save", dialog)
    page.no_dialog()
    input = world.gateway.inputs("updatePostback")[0]
    assert sorted(input) == ["postbackId", "url"], input
    world.conversion(offer, affiliate, goalId="deposit")
    request = world.receiver.wait_for(1)[0]
    assert request["headers"]["Authorization"].startswith("Basic ") and "webhook-signature" in {name.lower() for name in request["headers"]}
    page.check_quiet()
