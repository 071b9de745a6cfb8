import JSON

/// What createPostback was asked for, without what makes no difference: the order of members, nulls and defaults that are
/// written out, ids as numbers, names of macros that mean the same.
enum CanonicalInput {
    /// - Parameters:
    ///   - head: what is not part of the request; null for a default.
    ///   - given: the fields as they were given, for the secrets that the template masks.
    static func bytes(_ head: JSON, _ template: RequestTemplate, given: JSON) -> [UInt8] {
        let defaults = RequestTemplate(url: template.url, httpType: template.httpType).masked
        let request = template.masked.members.filter { member in
            member.name == "url" || member.name == "httpType" || member.value != defaults[member.name]
        }
        let secrets: JSON = [
            "password": given["basicAuth"]?["password"] ?? .null, "token": given["basicAuth"]?["token"] ?? .null,
            "headers": given["requestHeaders"] ?? .null, "params": given["requestParams"] ?? .null,
            "signing": given["signingSecret"] ?? .null,
        ]
        let all = head.merging(.object(request)).merging(["secrets": .object(secrets.members.filter(isSaid))])
        return JSON.object(all.members.filter(isSaid)).sorted.bytes
    }

    private static func isSaid(_ member: JSON.Member) -> Bool {
        member.value != .null && member.value != [:] && member.value != ""
    }
}
