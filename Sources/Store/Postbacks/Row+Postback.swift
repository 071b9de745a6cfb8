package import JSON
import Postbacks
import Postgres

extension Row {
    /// The postback as it is answered.
    var postback: JSON { postback(with: template) }

    /// The same, where the template was read already.
    func postback(with template: RequestTemplate) -> JSON {
        func named(_ id: String, _ name: String) -> JSON {
            guard let value = text(id) else {
                return ["id": .string(NewPostback.all), "name": .string(NewPostback.all)]
            }
            return ["id": .string(value), "name": .string(text(name) ?? value)]
        }
        let hasGoal = text("goal_id") != nil
        let goal: JSON = hasGoal ? named("goal_id", "goal_name") : .null
        let paused: JSON =
            text("paused_at").map { ["at": .string($0), "reason": .optional(text("paused_reason"))] } ?? .null
        let head: JSON = [
            "id": .integer(integer("id") ?? 0), "offer": named("offer_id", "offer_name"),
            "affiliate": named("affiliate_id", "affiliate_name"), "goal": goal,
            "goalApplies": .bool(hasGoal && bool("goals_enabled") == true),
            "conversionStatus": .optional(text("conversion_status")),
        ]
        let tail: JSON = [
            "active": .bool(bool("active") == true), "sendOvertaken": .bool(bool("send_overtaken") == true),
            "paused": paused, "version": .integer(integer("version") ?? 0), "createdAt": .optional(text("created_at")),
            "updatedAt": .optional(text("updated_at")),
        ]
        return head.merging(template.masked).merging(tail)
    }

    /// The request that it sends, with its secrets sealed.
    var template: RequestTemplate {
        var fields = Fields(json("request").members)
        return RequestTemplate(&fields, from: .store)
    }
}

extension Schema {
    /// A postback as it is answered.
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
