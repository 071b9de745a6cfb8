import Adapters
import Input
package import Store

/// The resource that a path names.
package enum Route: Sendable, Equatable {
    case function(String)
    case health, readiness, metrics, description
    /// `/`, which leads to the console.
    case root
    case consoleFile(String)
    /// The session: signing in, signing out, and the name of the key that is signed in.
    case session
    /// The macros and presets, and the fields that a preset fills in.
    case catalog, preset
    /// Previews a postback and sends the request as a test. The sealed secrets do not leave the gateway.
    case test

    /// - Throws: 404 for an unknown path, and 405 for a method that the path does not have.
    package init(_ request: Request) throws(Refusal) {
        self = try Route.find(request.path)
        guard methods.contains(request.method) else {
            let list = methods.joined(separator: ", ")
            throw Refusal(
                405, "method_not_allowed", "the path takes \(list)", headers: [HTTPAnswer.Field("Allow", list)])
        }
    }

    private static func find(_ path: String) throws(Refusal) -> Route {
        switch path {
        case "/": return .root
        case "/conversions": return .function("recordConversion")
        case "/conversions/status": return .function("updateConversionStatus")
        case "/healthz": return .health
        case "/readyz": return .readiness
        case "/metrics": return .metrics
        case "/openapi.json": return .description
        case "/console", "/console/": return .root
        case "/console/session": return .session
        case "/console/catalog": return .catalog
        case "/console/preset": return .preset
        case "/console/test": return .test
        default: break
        }
        if path.hasPrefix("/console/") { return .consoleFile(String(path.dropFirst("/console/".count))) }
        guard path.hasPrefix("/function/") else {
            throw Refusal(404, "not_found", "there is nothing at this path; /openapi.json describes what there is")
        }
        let name = String(path.dropFirst("/function/".count))
        guard FunctionNames.all.contains(name) else {
            let hint = Spelling.hint(for: name, among: FunctionNames.all)
            throw Refusal(404, "not_found", "there is no such function\(hint)")
        }
        return .function(name)
    }

    package var methods: [String] {
        switch self {
        case .function, .preset, .test: ["POST"]
        case .session: ["GET", "HEAD", "POST", "DELETE"]
        case .health, .readiness, .metrics, .description, .root, .consoleFile, .catalog: ["GET", "HEAD"]
        }
    }

    /// The scope that a key needs; nil if no key is needed.
    package var scope: Scope? {
        switch self {
        case .function(let name): FunctionNames.scope(of: name)
        case .metrics, .description, .catalog, .preset: .read
        case .test: .manage
        case .health, .readiness, .root, .consoleFile, .session: nil
        }
    }

    /// Whether a request has a body of JSON.
    package func takesJSON(_ method: String) -> Bool { method == "POST" }

    /// The path for logs and metrics. All files of the console have the same one.
    package var label: String {
        switch self {
        case .function(let name): "/function/\(name)"
        case .health: "/healthz"
        case .readiness: "/readyz"
        case .metrics: "/metrics"
        case .description: "/openapi.json"
        case .root: "/"
        case .consoleFile: "/console/{file}"
        case .session: "/console/session"
        case .catalog: "/console/catalog"
        case .preset: "/console/preset"
        case .test: "/console/test"
        }
    }
}
