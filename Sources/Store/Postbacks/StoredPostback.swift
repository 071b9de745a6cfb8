import Domain
package import Input
package import JSON
import Postgres

/// A postback as it is stored.
struct StoredPostback {
    /// An offer, an affiliate or a goal.
    struct Named {
        let id: String
        let name: String
    }

    let id: Int
    let version: Int
    /// Nil for every offer.
    let offer: Named?
    /// Nil for every affiliate.
    let affiliate: Named?
    let goal: Named?
    /// Whether the offer's goals are on.
    let goalsEnabled: Bool
    let conversionStatus: ConversionStatus
    /// The request that it sends, with its secrets sealed.
    let template: RequestTemplate
    let isActive: Bool
    let sendsOvertaken: Bool
    /// RFC 3339; nil if it is not paused.
    let pausedAt: String?
    let pausedReason: String?
    let createdAt: String
    let updatedAt: String

    /// Reads a row of `list_postbacks`.
    init(_ row: Row) throws(PostgresError) {
        func named(_ id: String, _ name: String) throws(PostgresError) -> Named? {
            guard let value: String = try row.optional(id) else { return nil }
            return Named(id: value, name: try row.required(name))
        }
        id = try row.required("id")
        version = try row.required("version")
        offer = try named("offer_id", "offer_name")
        affiliate = try named("affiliate_id", "affiliate_name")
        goal = try named("goal_id", "goal_name")
        goalsEnabled = try row.required("goals_enabled")
        conversionStatus = try row.required("conversion_status")
        var fields = Fields(try row.requiredJSON("request").members)
        template = RequestTemplate(&fields, from: .store)
        isActive = try row.required("active")
        sendsOvertaken = try row.required("send_overtaken")
        pausedAt = try row.optional("paused_at")
        pausedReason = try row.optional("paused_reason")
        createdAt = try row.required("created_at")
        updatedAt = try row.required("updated_at")
    }

    /// The postback as functions return it, with its secrets masked.
    var json: JSON {
        func json(_ named: Named?) -> JSON? { named.map { ["id": .string($0.id), "name": .string($0.name)] } }
        let all: JSON = ["id": .string(NewPostback.all), "name": .string(NewPostback.all)]
        let paused: JSON = pausedAt.map { ["at": .string($0), "reason": .optional(pausedReason)] } ?? .null
        let head: JSON = [
            "id": .integer(id), "offer": json(offer) ?? all, "affiliate": json(affiliate) ?? all,
            "goal": json(goal) ?? .null, "goalApplies": .bool(goal != nil && goalsEnabled),
            "conversionStatus": .string(conversionStatus.rawValue),
        ]
        let tail: JSON = [
            "active": .bool(isActive), "sendOvertaken": .bool(sendsOvertaken), "paused": paused,
            "version": .integer(version), "createdAt": .string(createdAt), "updatedAt": .string(updatedAt),
        ]
        return head.merging(template.masked).merging(tail)
    }
}

extension Schema {
    /// A postback as functions return it.
    package static let postback = object([
        "id": integer, "offer": named, "affiliate": named, "goal": ["anyOf": [named, ["type": "null"]]],
        "goalApplies": boolean,
        "conversionStatus": conversionStatus, "url": text, "httpType": oneOf(HTTPType.allCases.map(\.rawValue)),
        "basicAuth": ["type": ["object", "null"]], "requestParams": anyObject, "requestHeaders": anyObject,
        "signingSecret": textOrNull, "omitEmptyParams": boolean, "skipWhenEmpty": list(text),
        "successWhen": ["type": ["object", "null"]],
        "active": boolean, "sendOvertaken": boolean,
        "paused": ["anyOf": [object(["at": time, "reason": text]), ["type": "null"]]],
        "version": integer,
        "createdAt": time, "updatedAt": time,
    ])
}
