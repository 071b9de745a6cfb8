package import JSON

/// A warning about a postback's settings, which can be sent but are probably not what was meant.
package struct PostbackWarning: Sendable, Equatable {
    package let code: Code
    /// Says what is wrong and what would be right. It contains no secret.
    package let message: String

    /// The codes, in the order in which they are answered.
    package enum Code: String, CaseIterable, Sendable {
        case overlap
        case noStatus = "no_status"
        case noMacro = "no_macro"
        case foreignMacro = "foreign_macro"
        case htmlEntity = "html_entity"
        case repeatedParam = "repeated_param"
        case secretInURL = "secret_in_url"
        case acceptEncoding = "accept_encoding"
        case noClickID = "no_click_id"
        case headerNotASCII = "header_not_ascii"
    }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var json: JSON { ["code": .string(code.rawValue), "message": .string(message)] }
}

extension RequestTemplate {
    /// Returns the warnings that the template itself shows. `overlap` needs the other postbacks.
    package func warnings(firingOn status: ConversionStatus) -> [PostbackWarning] {
        let text = RequestText(self)
        return [
            text.noStatus(status), text.noMacro, text.foreignMacros, text.htmlEntities, text.repeatedParams,
            text.secretsInURL, acceptEncoding, text.noClickID, text.headersBeyondASCII,
        ].flatMap(\.self)
    }
}
