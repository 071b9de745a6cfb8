import FunctionRuntime
import JSON
import Store

extension GatewayService {
    /// Who is signed in, signing in with a key, and signing out.
    func session(_ request: Request) throws(Refusal) -> Response {
        switch request.method {
        case "POST":
            guard let text = (try? JSON(parsing: request.body))?["key"]?.text else {
                throw Refusal(.invalidRequest("key", "must be a key, a string such as pbk_1_…"))
            }
            switch keys.caller(text) {
            case .caller(let caller):
                guard case .key(let id, _, _) = caller else { return .json(described(caller)) }
                let cookie = Sessions.setting(sessions.start(key: id))
                return .json(described(caller), headers: [Response.Field("Set-Cookie", cookie)])
            case .noKey, .wrongKey:
                throw Refusal(401, "unauthorized", "the key is not valid: it is unknown, revoked or expired")
            case .unknown: throw .unavailable("the keys cannot be read now; try again")
            }
        case "DELETE":
            if let token = Sessions.token(in: request) { sessions.end(token) }
            return Response(status: 204, headers: [Response.Field("Set-Cookie", Sessions.setting(nil))])
        default:
            return .json(described(try? identify(request)))
        }
    }

    private func described(_ caller: KeyRing.Caller?) -> JSON {
        let who: JSON =
            switch caller {
            case .anybody: ["open": true, "name": .null, "scope": "manage"]
            case .key(_, let name, let scope): ["open": false, "name": .string(name), "scope": .string(scope.rawValue)]
            case nil: ["open": false, "name": .null, "scope": .null]
            }
        return who.merging(["attempts": .integer(attempts)])
    }
}
