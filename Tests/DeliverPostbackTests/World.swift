import JSON
import System
import TestSupport

/// A network of its own (`world.py`) in which addresses, names and the answers to lookups are what a test says. On each address
/// somebody listens on port 80 and answers 200.
struct World {
    var addresses: [String] = []
    var hosts = "127.0.0.1 localhost\n::1 localhost\n"
    var names: [String: Name] = [:]
    /// The seconds after which the system's resolver gives up on a silent server.
    var resolverSeconds = 5
    var environment: [String: String] = [:]

    enum Name {
        /// The addresses that the first, second, … lookup yields; the last ones stay.
        case turns([[String]])
        case alias(String)
        /// No answer ever.
        case silent

        static func addresses(_ addresses: String...) -> Name { .turns([addresses]) }
    }

    struct Outcome {
        /// By the number of the URL.
        let answers: [JSON]
        /// The program's exit status; nil if it did not end by itself.
        let status: Int?
        /// By address, how often somebody connected.
        let connections: [String: Int]
        /// The names that were asked for, lookup by lookup and type by type.
        let queries: [String]
        let text: String

        func outcome(_ index: Int) -> String? { answers[index].at("output.outcome")?.text }
        func code(_ index: Int) -> String? {
            answers[index].at("output.error.code")?.text ?? answers[index].at("error.code")?.text
        }
        func message(_ index: Int) -> String { answers[index].at("output.error.message")?.text ?? "" }
    }

    static let isPossible: Bool = {
        guard let unshare = Executable.find("unshare"), Executable.find("ip") != nil else { return false }
        let trial = ["--mount", "--net", "sh", "-c", "ip link set lo up && mount --bind /etc/hosts /etc/hosts"]
        return (try? ChildProcess.run(unshare, trial, timeout: .seconds(60)).status) == .exited(0)
    }()

    static let needs: String = "needs root, unshare and ip"

    func deliver(_ urls: String...) throws -> Outcome { try deliver(rounds: [urls]) }

    /// Delivers to all URLs of a round at once, by one warm deliverPostback.
    func deliver(rounds: [[String]]) throws -> Outcome {
        var number = -1
        let lines = rounds.map { urls in
            JSON.array(
                urls.map { url in
                    number += 1
                    return .string((["id": .integer(number), "input": World.input(url)] as JSON).encodedText)
                })
        }
        let scenario: JSON = [
            "program": .string(Programs.path("deliverPostback")), "addresses": .array(addresses.map { .string($0) }),
            "hosts": .string(hosts), "names": .object(names.map { JSON.Member($0.key, $0.value.json) }),
            "resolverSeconds": .integer(resolverSeconds), "rounds": .array(lines),
            "environment": .object(
                Programs.environment(environment).filter {
                    $0.key != "POSTBACKS_ALLOW_CIDRS" || environment[$0.key] != nil
                }
                .map { JSON.Member($0.key, .string($0.value)) }),
        ]
        let script = "\(FileSystem.parent(of: #filePath))/world.py"
        let outcome = try ChildProcess.run(
            Executable.find("unshare") ?? "unshare", ["--mount", "--net", try Python.interpreter(), script],
            input: scenario.bytes, timeout: .seconds(180))
        guard outcome.status == .exited(0), let result = try? JSON(parsing: outcome.output, depth: 80) else {
            throw DidNotHappen(description: "the world ends well, but \(outcome.status) \(outcome.errorText)")
        }
        let answers = (result["answers"]?.items ?? []).sorted { ($0["id"]?.integer ?? 0) < ($1["id"]?.integer ?? 0) }
        return Outcome(
            answers: answers, status: result["status"]?.integer,
            connections: Dictionary(
                uniqueKeysWithValues: (result["connections"]?.members ?? []).map { ($0.name, $0.value.integer ?? -1) }),
            queries: (result["queries"]?.items ?? []).compactMap(\.text), text: outcome.text)
    }

    static func input(_ url: String) -> JSON {
        [
            "deliveryId": 1, "attempt": 1, "postback": ["url": .string(url), "httpType": "GET"],
            "event": ["status": "done"], "conversion": ["offer": ["id": "o1"], "affiliate": ["id": "a1"]],
        ]
    }
}

extension World.Name {
    fileprivate var json: JSON {
        switch self {
        case .turns(let turns): ["turns": .array(turns.map { .array($0.map { .string($0) }) })]
        case .alias(let name): ["alias": .string(name)]
        case .silent: "silent"
        }
    }
}
