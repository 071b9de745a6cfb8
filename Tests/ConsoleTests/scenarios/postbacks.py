"""The dialog of a postback: its mistakes, presets, tests and changes, and postbacks for every offer."""
import time

from selenium.webdriver.support.select import Select

from world import scenario


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
    # A mistake in a parameter stands at its row.
    params = page.one("group", "Request Params", dialog)
    page.press("Add param", params)
    for label, texts in (("Name", ("a", "b")), ("Value", ("1", "{clickid}"))):
        for control, text in zip(page.all("textbox", label, params), texts):
            control.send_keys(text)
    marked = page.until(lambda: params.find_elements("css selector", ".row [aria-invalid]"), "the mark at the row")
    assert [one.get_attribute("value") for one in marked] == ["{clickid}"]
    page.press("Use {click_id}", params)
    page.until(lambda: "b=c" in dialog.text or "b=sample" in dialog.text, "the parameter in the preview")
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
    # It has no goal, so that the postback does not fire.
    world.conversion(offer, affiliate, 2)
    page = world.page()
    page.open("offer.html?id=" + offer["id"])
    page.press("Edit")
    dialog = page.dialog()
    # Conversions can be chosen for the preview, which begins with sample values.
    choice = Select(page.field("Preview with", dialog))
    page.until(lambda: len(choice.options) == 2, "the conversion among the choices")
    assert choice.first_selected_option.text == "Sample values"
    page.fill("URL", world.receiver.url + "/new?c={click_id}&s={status}", dialog)
    page.press("Save", dialog)
    page.no_dialog()
    input = world.gateway.inputs("updatePostback")[0]
    assert sorted(input) == ["postbackId", "url"], input
    world.conversion(offer, affiliate, goalId="deposit")
    request = world.receiver.wait_for(1)[0]
    assert request["headers"]["Authorization"].startswith("Basic ") and "webhook-signature" in {name.lower() for name in request["headers"]}
    page.check_quiet()
