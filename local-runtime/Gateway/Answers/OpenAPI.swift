import Domain
package import JSON
import Store

/// The description of the gateway (OpenAPI 3.1), made from the schemas of the functions.
package enum OpenAPI {
    /// `schemas` has the output of each function for `--schema`, and `examples` has the function's fixtures by their
    /// names.
    package static func document(schemas: [String: JSON], examples: [String: [JSON.Member]]) -> JSON {
        var paths: [JSON.Member] = []
        for name in schemas.keys.sorted() {
            let operation = operation(name, schemas[name] ?? .null, examples[name] ?? [])
            let named = JSON.object([JSON.Member("operationId", .string(name))] + operation.members)
            paths.append(JSON.Member("/function/\(name)", ["post": named]))
        }
        for (path, name) in [("/conversions", "recordConversion"), ("/conversions/status", "updateConversionStatus")] {
            guard let schema = schemas[name] else { continue }
            paths.append(JSON.Member(path, ["post": operation(name, schema, examples[name] ?? [])]))
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Postbacks", "version": .string(Version.current),
                "description":
                    "Tells third parties about affiliate conversions. Each operation is a function: one JSON object in, one JSON object out.",
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths + others),
            "components": [
                "securitySchemes": ["key": ["type": "http", "scheme": "bearer", "bearerFormat": "pbk_ID_SECRET"]],
                "schemas": ["Error": error, "Problem": problem], "responses": .object(responses),
            ],
        ]
    }

    private static func operation(_ name: String, _ schema: JSON, _ examples: [JSON.Member]) -> JSON {
        var content: [JSON.Member] = [JSON.Member("schema", schema["input"] ?? ["type": "object"])]
        if !examples.isEmpty {
            let values = examples.map { JSON.Member($0.name, ["value": $0.value]) }
            content.append(JSON.Member("examples", .object(values)))
        }
        var members: [JSON.Member] = [
            JSON.Member("summary", schema["description"] ?? ""),
            JSON.Member("tags", [.string(FunctionNames.scope(of: name).rawValue)]),
            JSON.Member("security", [["key": []], [:]]),
            JSON.Member("requestBody", ["required": true, "content": ["application/json": .object(content)]]),
            JSON.Member(
                "responses",
                .object(
                    [
                        JSON.Member(
                            "200",
                            [
                                "description": "The answer of the function.", "headers": ["X-Request-Id": requestID],
                                "content": ["application/json": ["schema": schema["output"] ?? ["type": "object"]]],
                            ])
                    ]
                        + failures.map { status, name, _ in
                            JSON.Member("\(status)", ["$ref": .string("#/components/responses/\(name)")])
                        })),
        ]
        if ["createPostback", "resendDeliveries"].contains(name) {
            members.append(JSON.Member("parameters", [idempotencyKey]))
        }
        return .object(members)
    }

    /// The answers with an error that every operation may give: the status, a name and what it means.
    private static let failures: [(Int, String, String)] = [
        (400, "InvalidRequest", "`invalid_json` or `invalid_request`: the input is wrong; `details` names all faults."),
        (401, "Unauthorized", "`unauthorized`: a key is needed, or the key is not valid."),
        (
            403, "Forbidden",
            "`forbidden`: the key lacks the scope or is limited to other records, or the page of another site calls."
        ),
        (404, "NotFound", "`not_found`: something that the input names is unknown, or the path is."),
        (405, "MethodNotAllowed", "`method_not_allowed`: `Allow` lists the methods."),
        (408, "TooSlow", "`timeout`: the request did not arrive in time."),
        (409, "Conflict", "`conflict`: a rule forbids it."),
        (413, "TooLarge", "`too_large`: the body has more than 1 MiB."),
        (415, "NotJSON", "`unsupported_media_type`: the body is not announced as JSON."),
        (417, "NoExpectation", "`invalid_request`: the only expectation is 100-continue."),
        (421, "WrongHost", "`wrong_host`: `Host` is none of this gateway."),
        (431, "HeadTooLarge", "`too_large`: the head has more than 16 KiB."),
        (500, "Internal", "`internal` or `misconfigured`: something is wrong that no repetition heals."),
        (503, "Unavailable", "`unavailable`: try again after `Retry-After` seconds."),
    ]

    private static var responses: [JSON.Member] {
        failures.map { status, name, meaning in
            var headers: [JSON.Member] = [JSON.Member("X-Request-Id", requestID)]
            if status == 401 { headers.append(header("WWW-Authenticate", "Bearer")) }
            if status == 405 { headers.append(header("Allow", "the methods of the path")) }
            if status == 503 { headers.append(header("Retry-After", "seconds")) }
            let content: JSON = [
                "application/json": ["schema": ["$ref": "#/components/schemas/Error"]],
                "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]],
            ]
            return JSON.Member(
                name, ["description": .string(meaning), "headers": .object(headers), "content": content])
        }
    }

    private static func header(_ name: String, _ meaning: String) -> JSON.Member {
        JSON.Member(name, ["description": .string(meaning), "schema": ["type": "string"]])
    }

    private static let requestID: JSON = [
        "description": "The request's id in the log: the caller's own X-Request-Id, or a new one.",
        "schema": ["type": "string"],
    ]

    private static let idempotencyKey: JSON = [
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "A repeated call with the same key and the same input gets the first one's answer.",
        "schema": ["type": "string", "minLength": 1, "maxLength": 255],
    ]

    private static let error: JSON = [
        "type": "object", "required": ["error"], "additionalProperties": false,
        "properties": [
            "error": [
                "type": "object", "required": ["code", "message", "retryable", "details"],
                "properties": [
                    "code": ["type": "string"], "message": ["type": "string"], "retryable": ["type": "boolean"],
                    "details": [
                        "type": "array",
                        "items": [
                            "type": "object", "required": ["field", "message"],
                            "properties": ["field": ["type": "string"], "message": ["type": "string"]],
                        ],
                    ],
                ],
            ]
        ],
    ]

    private static let problem: JSON = [
        "type": "object", "required": ["type", "title", "status", "detail", "code", "retryable", "errors"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
            "detail": ["type": "string"], "code": ["type": "string"], "retryable": ["type": "boolean"],
            "errors": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["pointer", "detail"],
                    "properties": ["pointer": ["type": "string"], "detail": ["type": "string"]],
                ],
            ],
        ],
    ]

    /// The paths that are no functions.
    private static var others: [JSON.Member] {
        func read(_ id: String, _ summary: String, _ type: String, failures: [JSON.Member] = []) -> JSON {
            let schema: JSON = type == "application/json" ? ["type": "object"] : ["type": "string"]
            let content = JSON.object([JSON.Member(type, ["schema": schema])])
            let answer: JSON = ["description": .string(summary), "content": content]
            return [
                "get": [
                    "operationId": .string(id), "summary": .string(summary), "tags": ["gateway"],
                    "responses": .object([JSON.Member("200", answer)] + failures),
                ]
            ]
        }
        let notReady: JSON = [
            "description": "Not ready; the answer says why.",
            "content": ["application/json": ["schema": ["type": "object"]]],
        ]
        func refused(_ statuses: Set<Int>) -> [JSON.Member] {
            failures.filter { statuses.contains($0.0) }.map { status, name, _ in
                JSON.Member("\(status)", ["$ref": .string("#/components/responses/\(name)")])
            }
        }
        // Every path refuses a malformed request, and one for another host.
        let open = refused([400, 405, 408, 413, 417, 421, 431])
        let guarded = refused([400, 401, 403, 405, 408, 413, 417, 421, 431, 503])
        return [
            JSON.Member("/healthz", read("health", "Whether the process runs.", "application/json", failures: open)),
            JSON.Member(
                "/readyz",
                read(
                    "readiness", "Whether requests can be served.", "application/json",
                    failures: open + [JSON.Member("503", notReady)])),
            JSON.Member(
                "/metrics",
                read("metrics", "Metrics in the text format of Prometheus.", "text/plain", failures: guarded)),
            JSON.Member(
                "/openapi.json", read("description", "This description.", "application/json", failures: guarded)),
        ]
    }
}
