"""What users of similar consoles complain of in contents: what is shown, linked and copied, and who may change it."""
import json

from world import failed_answers, scenario


@scenario("an attempt shows the URL that was sent, not the postback's present one")
def sent_url(world):
    offer, affiliate = world.offer(), world.affiliate()
    stored = world.postback(offer, affiliate, url=world.receiver.url + "/before?c={click_id}&s={status}")
    conversion = world.conversion(offer, affiliate)["conversion"]
    delivery = world.wait_for_state("delivered", 1, offer)[0]
    world.gateway.call("updatePostback", {"postbackId": stored["id"], "url": world.receiver.url + "/after?c={click_id}&s={status}"})
    page = world.page()
    page.open(f"deliveries.html?deliveryId={delivery['id']}&open={delivery['id']}")
    page.shows("/before?c=c-")
    page.shows_not("/after")
    link = page.one("link", "1, changed since (now 2)")
    link.click()
    page.settle()
    page.shows("/after?c={click_id}")
    assert page.driver.find_element("css selector", "tr#chosen")
    page.open(f"conversion.html?id={conversion['id']}")
    page.driver.find_element("css selector", ".attempts summary").click()
    page.shows("/before?c=c-")
    page.check_quiet()


@scenario("numbers beyond 2^53 are shown as they were sent")
def large_numbers(world):
    world.receiver.body = '{"id":9007199254740993,"sum":12.30,"big":1e400}'
    offer, affiliate = world.offer(), world.affiliate()
    world.postback(offer, affiliate, httpType="POST(JSON)",
                   requestParams={"click": "{click_id:number}", "sum": "{payout:number}"})
    world.gateway.call("recordConversion", {
        "offerId": offer["id"], "affiliateId": affiliate["id"], "clickId": "9007199254740995", "payout": "12345678901234567890.120"})
    delivery = world.wait_for_state("delivered", 1, offer)[0]
    page = world.page()
    page.open(f"deliveries.html?deliveryId={delivery['id']}&open={delivery['id']}")
    for text in ('"id":9007199254740993', '"sum":12.30', "1e400", '"click":9007199254740995', "12345678901234567890.120"):
        page.shows(text)
    # An id of this system that a JavaScript number cannot hold goes back as it came.
    answer = failed_answers(world, 1)
    text = json.dumps(answer).replace('"id": 1000', '"id": 9007199254740993')
    raw = []
    world.gateway.answer("listDeliveries", text.encode())
    world.gateway.answer("resendDeliveries", lambda input: raw.append(input) or
                         {"resent": 1, "madeDue": 0, "leftOut": {}, "dryRun": True, "next": None})
    page.open("deliveries.html?deliveryId=9007199254740993")
    assert page.script("""
        return import('/console/call.js').then(({ read, write }) => write(read(
            '{"a":9007199254740993,"b":12.30,"c":-0,"d":1E5,"e":[1,2.50],"__proto__":{"f":1}}')))
        """) == '{"a":9007199254740993,"b":12.30,"c":-0,"d":1E5,"e":[1,2.50],"__proto__":{"f":1}}'
    page.one("checkbox", "Select delivery 9007199254740993").click()
    page.press("Resend selected")
    page.until(lambda: any("deliveryIds" in input for input in raw), "the count")
    assert raw[-1]["deliveryIds"] == [9007199254740993], raw[-1]
    page.check_quiet()


@scenario("what a key may not do is refused by the gateway, and the page says so")
def rights(world):
    offer = world.offer()
    page = world.page()
    page.open("offer.html?id=" + offer["id"])
    world.gateway.answer("configureOffer", {"error": {
        "code": "forbidden", "message": "the key needs the scope manage", "retryable": False}}, 403)
    page.one("switch", "Enabled Goals").click()
    page.shows("the key needs the scope manage")
    # With a key that only reads, the buttons that the gateway would refuse are hidden.
    world.gateway.answer("/console/session", {"open": False, "name": "reader", "scope": "read"})
    page.open("offer.html?id=" + offer["id"])
    page.shows("reader")
    assert not page.all("button", "New Callback") and not page.all("switch", "Enabled Goals")
    page.check_quiet(allowed=["403 (Forbidden)"])


@scenario("ids with slashes and other marks lead where they should")
def strange_ids(world):
    id = f"/../%2e?a=1&b#{world.mark}+ \\ é/"
    offer = world.offer(id=id)
    page = world.page()
    page.open("offers.html")
    page.row(world.mark)
    row = page.row(id)
    page.one("link", "Configure", row).click()
    page.until(lambda: "offer.html" in page.driver.current_url, "the page of the offer")
    page.settle()
    assert page.script("return new URLSearchParams(location.search).get('id')") == id
    page.shows(offer["name"])
    assert world.gateway.inputs("listPostbacks")[-1]["offerId"] == id
    page.check_quiet()


@scenario("copying works without the clipboard of a secure page, and by hand where the browser refuses")
def clipboard(world):
    offer, affiliate = world.offer(), world.affiliate()
    world.postback(offer, affiliate)
    world.conversion(offer, affiliate)
    delivery = world.wait_for_state("delivered", 1, offer)[0]
    page = world.page()
    page.open(f"deliveries.html?deliveryId={delivery['id']}&open={delivery['id']}")
    page.script("Object.defineProperty(navigator, 'clipboard', { value: undefined });"
                "window.copied = []; document.execCommand = (name) => {"
                " copied.push(name, String(getSelection()) || document.activeElement.value); return true }")
    page.press("Copy as curl")
    page.shows("Copied")
    name, text = page.script("return window.copied")
    assert name == "copy" and text.startswith("curl ") and "/p?c=c-" in text, text
    page.script("document.execCommand = () => false")
    page.until(lambda: page.all("button", "Copy as curl"), "the button's name again")
    page.press("Copy as curl")
    dialog = page.dialog("Copy with the keyboard")
    area = page.field("The text to copy", dialog)
    assert page.script("return arguments[0].selectionEnd - arguments[0].selectionStart", area) == len(area.get_attribute("value"))
    page.check_quiet()


@scenario("a request as curl has variables in place of secrets")
def curl(world):
    page = world.page()
    page.open("offers.html")
    text = page.script("""
        return import('/console/copy.js').then(({ curl }) => curl({
          method: 'POST', url: "https://t.example/p?key=***&name=it's", body: '{"api_key":"***","n":1}',
          headers: { Authorization: 'Basic ***', 'X-Api-Key': '***', Accept: '*/*' } }))""")
    for part in ("\"$KEY\"", "\"$AUTHORIZATION\"", "\"$X_API_KEY\"", "\"$API_KEY\"", "-X POST", "it'\\''s"):
        assert part in text, (part, text)
    assert "***" not in text
