"""Names, URLs, parameters and answers that are written to do harm: all of them show as text."""
from world import scenario

MARKUP = "<script>window.harmed=1</script><img src=x onerror=window.harmed=1>\"'`"
DIRECTION = "abc\u202edcba\u2066x\u2069"
TERMINAL = "\x1b[31mred\x1b[0m\x07"


@scenario("hostile names and ids show as text")
def names(world):
    offer = world.gateway.call("configureOffer", {"offerId": world.id("<b>o"), "name": MARKUP})["offer"]
    affiliate = world.gateway.call("configureAffiliate", {"affiliateId": world.id("a"), "name": DIRECTION + MARKUP[:100]})["affiliate"]
    world.postback(offer, affiliate, requestParams={"p": "<i>{click_id}</i>"})
    world.gateway.call("recordConversion", {
        "offerId": offer["id"], "affiliateId": affiliate["id"], "transactionId": f"t{world.mark}" + "x" * 4000,
        "clickId": f"<script>alert({world.mark!r})</script>{DIRECTION}", "params": {"sub1": MARKUP, "</script>": TERMINAL.replace("\x00", "")}})
    world.wait_for_state("delivered", 1, offer)
    conversion = world.gateway.call("listConversions", {"offerId": offer["id"]})["conversions"][0]
    page = world.page()
    for place in ("offers.html", f"conversions.html?affiliateId={affiliate['id']}", f"conversion.html?id={conversion['id']}",
                  f"deliveries.html?affiliateId={affiliate['id']}"):
        page.open(place)
    page.open("offers.html")
    page.one("link", "Configure", page.row(world.id("<b>o"))).click()
    page.until(lambda: "offer.html" in page.driver.current_url, "the page of the offer")
    page.settle()
    page.shows("<script>window.harmed=1</script>")
    page.shows("U+202E")
    assert page.script("return window.harmed") is None
    assert page.script("return document.querySelectorAll('main script, main img').length") == 0
    assert page.script("return [...document.querySelectorAll('bdi')].some((node) => node.textContent.includes('harmed'))")
    page.check_quiet()


@scenario("a hostile answer shows as text: markup, direction marks, terminal escapes, 10,000 characters")
def answers(world):
    world.receiver.body = MARKUP + DIRECTION + "\x1b[31m\x07" + "y" * 3000
    offer, affiliate = world.offer(), world.affiliate()
    world.postback(offer, affiliate, httpType="POST(JSON)", requestParams={"long": "{params.long}"})
    world.gateway.call("recordConversion", {"offerId": offer["id"], "affiliateId": affiliate["id"], "clickId": "c",
                                            "params": {"long": "z" * 10_000}})
    delivery = world.wait_for_state("delivered", 1, offer)[0]
    page = world.page()
    page.open(f"deliveries.html?deliveryId={delivery['id']}&open={delivery['id']}")
    page.shows("<script>window.harmed=1</script>")
    page.shows("U+202E")
    page.shows("ESC")
    assert page.script("return window.harmed") is None
    # The body of the request has 10,011 characters: it is folded until it is asked for.
    assert "z" * 2500 not in page.text
    page.press("Show all 10,011 characters")
    assert "z" * 10_000 in page.text
    page.press("Show less")
    assert "z" * 2500 not in page.text
    page.check_quiet()


@scenario("the browser itself refuses markup from a script")
def trusted_types(world):
    page = world.page()
    page.open("offers.html")
    assert page.script("try { document.body.innerHTML = '<b>x</b>'; return 'written' } catch (error) { return error.name }") == "TypeError"
    # Selenium's own scripts do not fall under the policy of the page; those of the page do.
    assert page.script("return fetch('/console/offers.html').then((answer) => answer.headers.get('Content-Security-Policy'))") \
        .endswith("trusted-types 'none'")
