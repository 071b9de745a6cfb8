import Input
import JSON

@testable import Domain
@testable import HTTP

/// A postback's settings as a caller gives them.
func checkRequest(_ bytes: [UInt8]) throws(Violation) {
    guard let json = try? JSON(parsing: bytes) else { return }
    let rule = Rule<RequestTemplate>.object { fields in RequestTemplate(&fields, from: .caller) }
    var faults: [Fault] = []
    guard let template = rule.read(json, .root, &faults), faults.isEmpty else {
        try require(!faults.isEmpty, "a refusal names a fault")
        return
    }
    try checkStored(template)
    for values in [MacroValues.hostile, .empty] {
        guard let request = try? RequestRendering(template, postbackID: 1).request(for: values) else { continue }
        try checkSent(request, of: template)
    }
}

/// What is stored is read again as the same settings, secrets apart.
private func checkStored(_ template: RequestTemplate) throws(Violation) {
    let stored = template.stored(of: 1, with: nil)
    try checkText(stored.bytes)
    try require((try? JSON(parsing: stored.bytes)) == stored, "settings are stored as JSON")
    guard !template.hasPlainSecrets else { return }
    var faults: [Fault] = []
    let rule = Rule<RequestTemplate>.object { fields in RequestTemplate(&fields, from: .store) }
    let again = rule.read(stored, .root, &faults)
    try require(faults.isEmpty, "stored settings are read again: \(faults.first?.message ?? "")")
    try require(again?.masked == template.masked, "stored settings are the same")
}

private func checkSent(_ request: OutgoingRequest, of template: RequestTemplate) throws(Violation) {
    try checkRendered(request.url, of: template.url)
    let sent = HTTPRequest(
        method: request.method, url: request.url, headers: request.headers.map { ($0.name, $0.value) },
        body: request.body)
    try require(sent.fault == nil, "the client can send what was rendered: \(sent.fault ?? "")")
    let names = request.headers.map { $0.name.lowercased() }
    try require(Set(names).count == names.count, "no header goes out twice")
    for header in request.headers {
        try require(!header.value.hasControlCharacter, "\(header.name) has no control character")
        try require(
            header.value.utf8.first != 0x20 && header.value.utf8.last != 0x20, "\(header.name) has no spaces around")
    }
    switch template.httpType {
    case .get: try require(request.body == nil, "a GET has no body")
    case .form:
        guard let body = request.body else { throw Violation(description: "a form has no body") }
        try require(body.allSatisfy { (0x21...0x7e).contains($0) }, "a form is visible ASCII")
    case .json:
        guard let body = request.body else { throw Violation(description: "a JSON request has no body") }
        try checkText(body)
        try require((try? JSON(parsing: body))?.kind == "an object", "a JSON body is an object")
    }
    try checkText(request.masked.bytes)
    try require((try? JSON(parsing: request.masked.bytes)) == request.masked, "what an attempt records is JSON")
}
