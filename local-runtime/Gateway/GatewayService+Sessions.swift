import Adapters
import FunctionRuntime
import JSON
import Store

extension GatewayService {
    /// Answers which key is signed in, signs in with a key, and signs out.
    func session(_ request: Request) throws(Refusal) -> HTTPAnswer {
        switch request.method {
        case "POST":
            guard let text = (try? JSON(parsing: request.body))?["key"]?.text else {
                throw Refusal(.invalidRequest("key", "must be a key, a string such as pbk_1_…"))
            }
            switch keys.caller(text) {
            case .caller(let caller):
                guard case .key(let id, _, _, _) = caller else { return .json(described(caller)) }
                let cookie = Sessions.setting(sessions.start(key: id))
                return .json(described(caller), headers: [HTTPAnswer.Field("Set-Cookie", cookie)])
            case .noKey, .wrongKey:
                throw Refusal(401, "unauthorized", "the key is not valid: it is unknown, revoked or expired")
            case .unknown: throw .unavailable("the keys cannot be read now; try again")
            }
        case "DELETE":
            if let token = Sessions.token(in: request) { sessions.end(token) }
            return HTTPAnswer(status: 204, headers: [HTTPAnswer.Field("Set-Cookie", Sessions.setting(nil))])
        default:
            return .json(described(try? identify(request)))
        }
    }

    private func described(_ caller: KeyRing.Caller?) -> JSON {
        let limits = caller?.limits ?? .none
        let scope: Scope? =
            switch caller {
            case .anybody?: .manage
            case .key(_, _, let scope, _)?: scope
            case nil: nil
            }
        return [
            "open": .bool(caller == .anybody), "name": .optional(caller?.name), "scope": .optional(scope?.rawValue),
            "affiliateId": .optional(limits.affiliateID), "offerId": .optional(limits.offerID),
            "attempts": .integer(attempts),
        ]
    }
}
