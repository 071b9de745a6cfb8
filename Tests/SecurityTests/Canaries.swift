import Foundation
import JSON
import Postgres
import TestSupport
import Testing
import Text

/// Texts that must not be found outside of requests, in every encoding in which they could occur.
struct Canaries {
    private var forms: [(name: String, text: String)] = []

    init(_ secrets: [String: String]) {
        for (name, secret) in secrets {
            forms += Canaries.forms(of: secret).map { (name, $0) }
        }
    }

    /// The first canary that a text contains.
    func found(in text: String) -> String? {
        // Foundation's search is optimised even in debug builds; a search written here takes minutes for the server's
        // log.
        let bytes = Data(text.utf8)
        return forms.first { bytes.range(of: Data($0.text.utf8)) != nil }?.name
    }

    func expectNone(_ text: String, _ place: String, location: SourceLocation = #_sourceLocation) {
        let name = found(in: text)
        #expect(name == nil, "\(place) has \(name ?? ""): \(text.prefix(4000))", sourceLocation: location)
    }

    /// Every column of every table and view.
    func expectNone(in database: TestDatabase, location: SourceLocation = #_sourceLocation) throws {
        let connection = try database.connect()
        let columns = try connection.run(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
        )
        #expect(columns.count > 100)
        for column in columns {
            let (table, name) = (column.text("table_name") ?? "", column.text("column_name") ?? "")
            let text = try connection.run(
                "SELECT string_agg(\(identifier: name)::text, ' ') AS value FROM \(identifier: table)"
            ).first?.text("value")
            expectNone(text ?? "", "\(table).\(name)", location: location)
        }
    }

    private static func forms(of secret: String) -> Set<String> {
        let bytes = Array(secret.utf8)
        var forms: Set<String> = [secret, percentEncoded(bytes), percentEncoded(bytes, space: "+")]
        forms.insert(String(JSON.string(secret).encodedText.dropFirst().dropLast()))
        forms.insert(bytes.map(hexadecimal).joined())
        // In base64 a text has three forms, depending on its position; its first and last bits share characters with
        // their neighbours.
        for offset in 0..<3 {
            let encoded = Base64.encode([UInt8](repeating: 0, count: offset) + bytes)
            let end = (offset + bytes.count) * 8 / 6
            forms.insert(String(encoded.prefix(end).dropFirst((offset * 8 + 5) / 6)))
        }
        return forms
    }

    private static func percentEncoded(_ bytes: [UInt8], space: String = "%20") -> String {
        bytes.map { byte in
            let scalar = Unicode.Scalar(byte)
            if scalar == " " { return space }
            let isUnreserved =
                scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-._~".unicodeScalars.contains(scalar))
            return isUnreserved ? String(scalar) : "%\(hexadecimal(byte).uppercased())"
        }.joined()
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0\(digits)" : digits
    }
}
