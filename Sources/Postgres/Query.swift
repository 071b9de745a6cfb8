/// A one-off statement as a string literal whose interpolations become bound parameters:
/// `"SELECT id FROM offers WHERE name = \(name)"` is sent as `… name = $1`.
package struct Query: Sendable, ExpressibleByStringInterpolation {
    package let sql: String
    package let parameters: [Parameter]

    package init(stringLiteral value: String) {
        sql = value
        parameters = []
    }

    package init(stringInterpolation: StringInterpolation) {
        sql = stringInterpolation.sql
        parameters = stringInterpolation.parameters
    }

    package struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var sql = ""
        fileprivate var parameters: [Parameter] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(literalCapacity + 3 * interpolationCount)
            parameters.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            sql += literal
        }

        package mutating func appendInterpolation(_ parameter: Parameter) {
            parameters.append(parameter)
            sql += "$\(parameters.count)"
        }

        package mutating func appendInterpolation(_ value: String?) {
            appendInterpolation(Parameter.optional(value))
        }

        package mutating func appendInterpolation(_ value: some BinaryInteger) {
            appendInterpolation(Parameter.int(value))
        }

        package mutating func appendInterpolation(_ value: Bool) {
            appendInterpolation(Parameter.bool(value))
        }

        package mutating func appendInterpolation(_ values: [String?]) {
            appendInterpolation(Parameter.array(values))
        }

        /// Appends the name of a table or column as a quoted identifier. Never use it for values.
        package mutating func appendInterpolation(identifier: String) {
            sql += "\""
            for character in identifier.unicodeScalars {
                if character == "\"" { sql.unicodeScalars.append("\"") }
                sql.unicodeScalars.append(character)
            }
            sql += "\""
        }
    }
}
