"""The story of the seed: goals, postbacks of each HTTP type, conversions, and a failure that is repaired."""
from urllib.parse import parse_qs, urlsplit
import json

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
    page.until(
        lambda: "state=failed" in page.driver.current_url and offer["id"] in page.driver.current_url,
        "the filters in the address")
    page.until(lambda: len(page.all("row")) == 3, "three rows")
    page.shows("HTTP 403")
    session = page.script("return fetch('/console/session').then((answer) => answer.json())")
    page.shows(f"1 of {session['attempts']}")
    first = page.all("row")[0].find_element("css selector", "button.open")
    first.click()
    page.shows("the parameter key is wrong")
    page.shows("/wrong?c=c-")
    page.until(lambda: "open=" in page.driver.current_url, "the open row in the address")

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
