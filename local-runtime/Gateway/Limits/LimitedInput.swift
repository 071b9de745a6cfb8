import FunctionRuntime
import Input
import JSON
package import Store

/// The input of a call with a key that is limited. It is read with the rules of the functions themselves, so that every
/// spelling of an id means here what it means there. The fields that apply the limits are written anew: the function
/// gets the limits exactly once, whatever the caller has written.
package struct LimitedInput {
    /// The input with the limits as values of its fields.
    package private(set) var bytes: [UInt8]
    let limits: KeyLimits
    private(set) var members: [JSON.Member]

    /// `bytes` is one JSON object.
    /// - Throws: 403 if it asks for more than the limits; 400 for a fault in a field that the limits concern.
    package init(_ bytes: [UInt8], of name: String, _ limits: KeyLimits) throws(Refusal) {
        guard let rule = LimitRule.all[name], !rule.refused.contains(limits) else {
            throw .outside(limits, "\(name) concerns more than that")
        }
        self.bytes = bytes
        self.limits = limits
        do throws(FunctionError) { members = try Gate.object(bytes, limit: .max) } catch { throw Refusal(error) }
        switch rule.ids {
        case .none: try replace(with: rule.kinds, ids: [])
        case .added(let ids): try replace(with: rule.kinds, ids: ids)
        case .given(let ids):
            _ = try read { fields in ids.map { fields.required($0.field, .identifier) } }
            try replace(with: rule.kinds, ids: ids)
        case .addedToFilter: try limitFilter(rule)
        }
        if case .conversionKey = rule.records { try refuseAll() }
        if case .preview = rule.records, !isGiven("postbackId") {
            _ = try read { fields in LimitRule.Dimension.allCases.map { fields.required($0.field, .identifier) } }
            try replace(with: [], ids: LimitRule.Dimension.allCases)
        }
    }

    /// Whether the input has the member; its value may be null.
    func isGiven(_ name: String) -> Bool { Fields(members).isGiven(name) }

    /// Reads fields of the input.
    /// - Throws: 400, with the faults of these fields.
    func read<Value>(_ make: (inout Fields) -> Value) throws(Refusal) -> Value {
        var fields = Fields(members)
        let value = make(&fields)
        guard fields.faults.isEmpty else { throw Refusal(.invalidRequest(fields.faults)) }
        return value
    }

    /// Replaces the members with these names.
    mutating func replace(_ names: [String], with new: [JSON.Member]) {
        bytes = CallLine.replacing(names, with: new, in: bytes)
        members = members.filter { member in !names.contains(where: member.isNamed) } + new
    }

    private mutating func replace(
        with kinds: [LimitRule.Dimension], ids: [LimitRule.Dimension]
    ) throws(Refusal) {
        let added = try LimitedInput.fields(kinds, ids, of: members, at: .root, limits)
        if !added.isEmpty { replace(added.map(\.name), with: added) }
    }

    /// Applies the limits to the object `filter`. Without one, the input names records, which are checked.
    private mutating func limitFilter(_ rule: LimitRule) throws(Refusal) {
        guard let filter = members.first(where: { $0.isNamed("filter") })?.value, filter != .null else { return }
        guard case .object(let conditions) = filter else {
            throw Refusal(.invalidRequest("filter", "must be an object, not \(filter.kind)"))
        }
        // An empty filter is refused by the function; with a limit in it, it would not be empty any more.
        switch rule.records {
        case .resend: _ = try read { fields in ResendRequest(&fields) }
        default: _ = try read { fields in PostbacksUpdate(&fields) }
        }
        let added = try LimitedInput.fields(
            rule.kinds, LimitRule.Dimension.allCases, of: conditions, at: Path.root.member("filter"), limits)
        guard !added.isEmpty, let place = CallLine.place(of: "filter", in: bytes) else { return }
        let names = added.map(\.name)
        bytes.replaceSubrange(place, with: CallLine.replacing(names, with: added, in: Array(bytes[place])))
        members = try Result { () throws(FunctionError) in try Gate.object(bytes, limit: .max) }
            .mapError(Refusal.init).get()
    }

    /// The fields that apply the limits to an object with these members.
    /// - Throws: 403 for a member with another value.
    private static func fields(
        _ kinds: [LimitRule.Dimension], _ ids: [LimitRule.Dimension], of members: [JSON.Member], at path: Path,
        _ limits: KeyLimits
    ) throws(Refusal) -> [JSON.Member] {
        var fields = Fields(members, at: path)
        var added: [JSON.Member] = []
        var foreign: [Fault] = []
        for dimension in ids {
            guard let limit = dimension.limit(of: limits) else { continue }
            // The comparison is by bytes, as PostgreSQL's is: Swift treats an accented letter and its combining form as
            // equal.
            if let id = fields.optional(dimension.field, .identifier), !id.utf8.elementsEqual(limit.utf8) {
                foreign.append(Fault(path.member(dimension.field), "must be \"\(limit)\""))
            }
            added.append(JSON.Member(dimension.field, .string(limit)))
        }
        for dimension in kinds where dimension.limit(of: limits) != nil {
            if fields.optional(dimension.kindField, .boolean) == true {
                foreign.append(Fault(path.member(dimension.kindField), "must be false"))
            }
            added.append(JSON.Member(dimension.kindField, false))
        }
        guard fields.faults.isEmpty else { throw Refusal(.invalidRequest(fields.faults)) }
        guard foreign.isEmpty else { throw .outside(limits, faults: foreign) }
        return added
    }

    /// explainConversion shows the postbacks of other affiliates with `all`.
    private func refuseAll() throws(Refusal) {
        guard limits.affiliateID != nil, try read({ $0.optional("all", .boolean) }) == true else { return }
        throw .outside(limits, faults: [Fault(Path.root.member("all"), "must be false")])
    }
}

extension Refusal {
    /// The call asks for more than the limits of the key.
    static func outside(_ limits: KeyLimits, _ why: String? = nil, faults: [Fault] = []) -> Refusal {
        Refusal(
            403, "forbidden", "the key is limited to \(limits.words)" + (why.map { "; \($0)" } ?? ""),
            details: faults.map { Detail(field: $0.field, message: $0.message) })
    }
}
