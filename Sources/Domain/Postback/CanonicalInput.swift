import JSON

/// The input of createPostback without the differences that mean nothing: the order of members, nulls and defaults that
/// are written out, ids as numbers, and different names of one macro.
enum CanonicalInput {
    /// `head` contains the fields that do not belong to the request; null stands for a default. `given` contains the
    /// fields as they were given, with the secrets that the template masks.
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
