import JSON
import Secrets
import Testing
import Text

@testable import Domain

/// Tests the masks for secrets that a receiver repeats.
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

    /// `kän"a/r&i 🐤+'<` as programs write it.
    @Test(arguments: [
        // json_encode of PHP, with and without flags; Python; JavaScript.
        #"k\u00e4n\"a\/r&i \ud83d\udc24+'<"#, #"k\u00E4n\"a\/r&i \uD83D\uDC24+'<"#, #"kän\"a\/r&i 🐤+'<"#,
        #"k\u00e4n\u0022a\/r\u0026i \ud83d\udc24+\u0027\u003C"#, #"k\u00e4n\"a/r&i \ud83d\udc24+'<"#,
        #"kän"a/r&i 🐤+\'<"#,
        // HTML and XML.
        "kän&quot;a/r&amp;i 🐤+'&lt;", "kän&#34;a/r&#38;i 🐤+&#39;&#60;",
        "k&#xe4;n&#x22;a&#x2F;r&#x26;i &#x1F424;&#43;&#x27;&#X3c;",
        "k&auml;n&quot;a/r&amp;i &#128036;+&apos;&lt;", "k&#0228;n&quot;a/r&amp;i 🐤+&#039;&lt;",
        // Percent-encoding: encodeURIComponent, encodeURI, forms.
        "k%C3%A4n%22a%2Fr%26i%20%F0%9F%90%A4%2B%27%3C", "k%c3%a4n%22a%2fr%26i%20%f0%9f%90%a4%2b%27%3c",
        "k%C3%A4n%22a/r&i%20%F0%9F%90%A4+'%3C", "k%C3%A4n%22a%2Fr%26i+%F0%9F%90%A4%2B'%3C",
        "%6b%C3%a4n%22a%2Fr%26i %F0%9f%90%A4%2B'%3C",
        // One encoding inside the other.
        #"k\u00e4n\&quot;a\/r&amp;i \ud83d\udc24+'&lt;"#, #"k\\u00e4n\\\"a\\\/r&i \\ud83d\\udc24+'<"#,
        #"kän&quot;a\/r&amp;i \ud83d\udc24+'&lt;"#,
        #"k%C3%A4n%22a\/r&i%20%F0%9F%90%A4+'%3C"#,
        "k%25C3%25A4n%2522a%252Fr%2526i%2520%25F0%259F%2590%25A4%252B%2527%253C",
        // Read as Latin-1, which many servers do with a header field.
        "k\u{C3}\u{A4}n\"a/r&i \u{F0}\u{9F}\u{90}\u{A4}+'<", #"k\u00c3\u00a4n\"a\/r&i \u00f0\u009f\u0090\u00a4+'<"#,
        // First as a whole; then one inside the other.
        "a8OkbiJhL3ImaSDwn5CkKyc8", "6bc3a46e22612f72266920f09f90a42b273c", "6BC3A46E22612F72266920F09F90A42B273C",
    ])
    func `a secret is hidden in whatever way a program encodes its characters`(form: String) {
        let mask = mask(("X-Api-Key", #"kän"a/r&i 🐤+'<"#))
        #expect(mask("before: \(form); behind") == "before: ***; behind")
        #expect(
            mask(#"{"X-Api-Key":"\#(form)","\u00e9":"a\/b %2F &amp;"}"#)
                == #"{"X-Api-Key":"***","\u00e9":"a\/b %2F &amp;"}"#)
    }

    @Test func `base64 is hidden with and without padding, in both alphabets, and as JSON and URLs write it`() {
        // 24 bytes and one: both of the alphabet's special characters, and padding.
        let secret = "~~~???>>>kanari-kanari-\u{FF}"
        let mask = mask(("X-Api-Key", secret))
        let base64 = Base64.encode(Array(secret.utf8))
        let bare = base64.replacing("=", with: "")
        let url = base64.replacing("+", with: "-").replacing("/", with: "_")
        #expect(base64.contains("+") && base64.contains("/") && base64.hasSuffix("="))
        for form in [
            base64, bare, url, url.replacing("=", with: ""), base64.replacing("/", with: #"\/"#),
            base64.replacing("+", with: "%2B").replacing("/", with: "%2f").replacing("=", with: "%3D"),
            base64.replacing("=", with: "&#61;"),
        ] {
            #expect(mask("'\(form)'") == "'***'", "\(form)")
        }
    }

    @Test(arguments: 0..<9) func `base64 of a longer text hides a secret in it, wherever it begins`(place: Int) {
        // Both of the alphabet's special characters, at each alignment.
        let secret = "~~~???>>>???~~~>>>-kanari"
        let mask = mask(("X-Api-Key", secret))
        let before = String(repeating: "b", count: place)
        for behind in ["", "c", "cc", "ccc", "\r\nAccept: */*"] {
            let base64 = Base64.encode(Array((before + secret + behind).utf8))
            let url = base64.replacing("+", with: "-").replacing("/", with: "_")
            for form in [base64, url, base64.replacing("/", with: #"\/"#), base64.replacing("+", with: "%2B")] {
                let masked = mask("'\(form)'")
                #expect(masked.contains("***"), "\(form)")
                // Only bits that share a character with their neighbours remain of the secret: less than a byte at each
                // end.
                #expect(masked.utf8.count <= 2 + (place + 2) / 3 * 4 + 3 + 4 + (behind.utf8.count + 2) / 3 * 4)
            }
        }
    }

    @Test(arguments: [5, 64, 76]) func `a secret that is broken into lines is hidden, in base64 too`(width: Int) {
        let secret = "kanari-kanari-kanari-kanari-kanari"
        let mask = mask(("X-Api-Key", secret))
        for text in [secret, Base64.encode(Array(String(repeating: "b", count: 71).utf8) + Array(secret.utf8))] {
            let characters = Array(text)
            let lines = stride(from: 0, to: characters.count, by: width).map {
                String(characters[$0..<min($0 + width, characters.count)])
            }
            for separator in ["\n", "\r\n", #"\n"#, #"\r\n"#] {
                let masked = mask("'\(lines.joined(separator: separator))'")
                #expect(masked.hasSuffix("***'"), "\(masked)")
                #expect(!masked.contains("nari"))
            }
        }
    }

    @Test func `an echo of a whole head in base64 or hexadecimal shows no credentials`() {
        let pair = Base64.encode(Array("ada:kanari-kanari".utf8))
        for credentials in ["Basic \(pair)", "Bearer kanari-kanari"] {
            let mask = mask(("Authorization", credentials))
            for head in ["Authorization: ", "authorization: ", "GET / HTTP/1.1\r\nAuthorization: "] {
                let bytes = Array("\(head)\(credentials)\r\nAccept: */*".utf8)
                let masked = mask("{\"head\":\"\(Base64.encode(bytes))\"}")
                let echoed = masked.split(separator: "\"").last { $0.contains("***") } ?? ""
                for piece in echoed.split(separator: "***") {
                    let text = Base64.decode(String(piece.prefix(piece.utf8.count / 4 * 4))) ?? []
                    #expect(!String(decoding: text, as: UTF8.self).contains("nari"))
                }
                #expect(masked.contains("***"), "\(masked)")
                for digits in ["0123456789abcdef", "0123456789ABCDEF"].map({ Array($0.utf8) }) {
                    let hex = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
                    let masked = mask(String(decoding: hex, as: UTF8.self))
                    #expect(masked.contains("***") && !masked.lowercased().contains("6e617269"))
                }
            }
        }
    }

    @Test func `what is cut off in the middle of an encoded character is hidden too`() {
        let mask = mask(("X-Api-Key", "kanari🐤/&kanari"))
        for form in [
            #"kanari\ud83d\udc"#, #"kanari\ud83d"#, #"kanari\u"#, #"kanari\"#, "kanari%F0%9", "kanari%", "kanari&#1280",
            "kanari&",
            #"kanari\ud83d\udc24\"#, "kanari&#x1F424;/&am", #"kana\u0072"#,
        ] {
            let masked = String(decoding: mask(Array("answer \(form)".utf8), isCut: true), as: UTF8.self)
            #expect(masked == "answer ***", "\(form)")
        }
        for text in [#"answer \u00e4 \ud83d"#, "answer %41 %4", "answer &amp; &#x4"] {
            #expect(mask(Array(text.utf8), isCut: true) == Array(text.utf8))
        }
    }

    @Test func `what only looks encoded stays as it is`() {
        let mask = mask(("X-Api-Key", "kanari"))
        for text in [
            #"\u \ud83d\u0041 \udc24 \x \"#, "% %4 %zz 100%",
            "& &; &#; &#x; &nonsense; &#x110000; &#99999999999; a & b", "+ + +",
        ] {
            #expect(mask(text) == text)
            #expect(mask("\(text)kanari\(text)") == "\(text)***\(text)")
        }
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
