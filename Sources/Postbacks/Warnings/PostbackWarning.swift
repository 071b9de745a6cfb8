package import JSON

/// What is probably not meant in a postback's settings, although it can be sent.
package struct PostbackWarning: Sendable, Equatable {
    package let code: Code
    /// What is wrong and what would be right. Holds no secret.
    package let message: String

    /// In the order in which they are answered.
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
    /// All that its own settings show. `overlap` needs the other postbacks.
    package func warnings(firingOn status: ConversionStatus) -> [PostbackWarning] {
        let text = RequestText(self)
        return [
            text.noStatus(status), text.noMacro, text.foreignMacros, text.htmlEntities, text.repeatedParams,
            text.secretsInURL, acceptEncoding, text.noClickID, text.headersBeyondASCII,
        ].flatMap(\.self)
    }
}
