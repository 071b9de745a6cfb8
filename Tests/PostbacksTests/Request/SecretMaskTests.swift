import JSON
import Secrets
import Testing

@testable import Postbacks

/// What a receiver repeats of a request's secrets.
struct SecretMaskTests {
    private static let secret = #"kän"ari /1&"#

    private func mask(_ headers: (String, String)...) -> SecretMask {
        let headers = headers.map { OutgoingRequest.Header(name: $0.0, value: $0.1, isSecret: $0.0 != "X-Open") }
        return SecretMask(of: OutgoingRequest(method: "GET", url: "http://h/", headers: headers, body: nil))
    }

    @Test(arguments: [
        secret, "k%C3%A4n%22ari%20%2F1%26", "k%c3%a4n%22ari%20%2f1%26", "k%C3%A4n%22ari+%2F1%26", #"kän\"ari /1&"#,
        Base64.encode(Array(secret.utf8)), secret + "\u{301}", "\u{301}" + secret,
    ])
    func `a secret is hidden as it was sent and as text is usually encoded`(form: String) {
        let text = mask(("X-Api-Key", Self.secret))("before \(form)behind")
        #expect(!text.contains("ari") && !text.contains("YXJp"))
        #expect(text.utf8.starts(with: "before ".utf8) && text.utf8.suffix(6).elementsEqual("behind".utf8))
    }

    @Test func `of an Authorization the whole, what stands behind the scheme, and the password are hidden`() {
        let mask = mask(("Authorization", "Basic \(Base64.encode(Array("ada:kanari".utf8)))"))
        #expect(mask("Basic YWRhOmthbmFyaQ== YWRhOmthbmFyaQ== kanari ada") == "*** *** *** ada")
    }

    @Test func `what is cut off in the middle of a secret is hidden too, unless it is too short to tell`() {
        let mask = mask(("X-Api-Key", "kanari-kanari"))
        func cut(_ text: String, isCut: Bool = true) -> String {
            String(decoding: mask(Array(text.utf8), isCut: isCut), as: UTF8.self)
        }
        #expect(cut("answer kanari-kan") == "answer ***")
        #expect(cut("answer kanari-kanari") == "answer ***")
        #expect(cut("answer kana") == "answer ***")
        #expect(cut("answer kan") == "answer kan")
        #expect(cut("answer kana", isCut: false) == "answer kana")
        // Also in the middle of a character.
        let umlaut = self.mask(("X-Api-Key", "geheimä"))
        #expect(umlaut(Array("geheimä".utf8.dropLast()), isCut: true) == Array("***".utf8))
    }

    @Test func `what is no secret, and what is too short, stays`() {
        let mask = mask(("X-Open", "shown"), ("X-Key", "abc"))
        #expect(mask("shown abc") == "shown abc")
    }
}
