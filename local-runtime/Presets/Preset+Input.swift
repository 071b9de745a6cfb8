package import Domain
package import FunctionRuntime
import Input
package import JSON

extension Preset {
    /// The owner of the postback, in this installation's ids.
    package struct Owner: Sendable {
        let affiliate: String
        let offer: String
        let goal: String?

        package init(affiliate: String, offer: String, goal: String? = nil) {
            self.affiliate = affiliate
            self.offer = offer
            self.goal = goal
        }
    }

    /// The input of createPostback, validated by createPostback's own rules.
    /// - Throws: if a value is missing, refused or wrong; the message names each option at fault.
    package func input(
        _ owner: Owner, status: ConversionStatus, _ given: [PresetOption: String]
    ) throws(FunctionError) -> JSON {
        if let reason = refusals[status] {
            throw FunctionError(.conflict, "\(title) cannot take the status \(status.rawValue): \(reason)")
        }
        try checkOptions(given)
        let params = parameters.compactMap { parameter in
            parameter.json(status, given).map { JSON.Member(parameter.name, $0) }
        }
        var members: [JSON.Member] = [
            .init("offerId", .string(owner.offer)), .init("affiliateId", .string(owner.affiliate)),
        ]
        if let goal = owner.goal { members.append(.init("goalId", .string(goal))) }
        members += [
            .init("conversionStatus", .string(status.rawValue)), .init("url", .string(try url(given))),
            .init("httpType", .string(httpType.rawValue)), .init("requestParams", .object(params)),
            .init("omitEmptyParams", true),
        ]
        switch address {
        case .domain:
            // A tracker finds the conversion by its click and can only refuse a request without it.
            members.append(.init("skipWhenEmpty", ["click_id"]))
        case .url:
            if let token = given[.token] {
                members.append(.init("basicAuth", ["token": .string(token), "scheme": "Bearer"]))
            }
        }
        if let bodyContains { members.append(.init("successWhen", ["bodyContains": .string(bodyContains)])) }
        var fields = Fields(members)
        _ = NewPostback(&fields)
        fields.refuseUnknown()
        guard fields.faults.isEmpty else {
            let faults = fields.faults.map { "\($0.field) \($0.message)" }
            throw FunctionError(.invalidRequest, faults.joined(separator: "; "), details: fields.faults)
        }
        return .object(members)
    }

    private func checkOptions(_ given: [PresetOption: String]) throws(FunctionError) {
        let missing = options.filter { use in
            if case .needed = use.necessity { given[use.option]?.isEmpty ?? true } else { given[use.option] == "" }
        }
        guard missing.isEmpty else {
            let names = missing.map { "--\($0.option.rawValue) (\($0.meaning))" }
            throw FunctionError(
                .invalidRequest, "the preset \(name) needs \(names.joined(separator: " and "))",
                details: missing.map { Fault(Path.root.member($0.option.rawValue), "is missing: \($0.meaning)") })
        }
        let unused = given.keys.filter { option in !options.contains { $0.option == option } }.map(\.rawValue).sorted()
        guard unused.isEmpty else {
            let names = unused.map { "--\($0)" }.joined(separator: ", ")
            throw FunctionError(.invalidRequest, "the preset \(name) does not use \(names)")
        }
    }

    private func url(_ given: [PresetOption: String]) throws(FunctionError) -> String {
        switch address {
        case .url: return given[.url] ?? ""
        case .domain(let path):
            let origin = try Preset.origin(given[.domain] ?? "")
            var written = path
            for use in options where written.contains("<\(use.option.rawValue)>") {
                var value = given[use.option] ?? ""
                if value.isEmpty, case .byDefault(let text) = use.necessity { value = text }
                guard value.utf8.allSatisfy(Preset.isPathByte) else {
                    throw Preset.wrong(use.option, "takes letters, digits and - . _ ~ / only, not \(value)")
                }
                written = written.replacing("<\(use.option.rawValue)>", with: value)
            }
            return origin + written
        }
    }

    /// `https://` and the host. A scheme and a final slash in the input are accepted.
    private static func origin(_ domain: String) throws(FunctionError) -> String {
        var rest = domain[...]
        var scheme = "https://"
        for known in ["https://", "http://"] where rest.lowercased().hasPrefix(known) {
            scheme = known
            rest = rest.dropFirst(known.count)
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        let isHost = rest.utf8.allSatisfy {
            Preset.isPathByte($0) && $0 != UInt8(ascii: "/") || $0 == UInt8(ascii: ":")
        }
        guard !rest.isEmpty, isHost else {
            throw wrong(.domain, "takes a host such as track.example.com, not \(domain)")
        }
        return scheme + rest
    }

    /// The message names the option as the command line does; the detail names it alone.
    private static func wrong(_ option: PresetOption, _ message: String) -> FunctionError {
        let fault = Fault(Path.root.member(option.rawValue), message)
        return FunctionError(.invalidRequest, "--\(option.rawValue) \(message)", details: [fault])
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
