import JSON
import TestSupport

/// A delivery with a random postback and random values, and what must come of it, worked out without the product's code: a
/// template is made of parts of which it is known what each stands for.
struct RandomDelivery {
    enum Expectation {
        case arrives(Arrival)
        /// A header's value would contain a control character, so nothing is sent.
        case unsafeHeader
        /// A segment would change the path, so nothing is sent.
        case unsafeURL
    }

    struct Arrival {
        let method: String
        let path: [String]
        let query: [[String]]
        let headers: [[String]]
        let form: [[String]]?
        let json: [PythonReceiver.Leaf]?
    }

    let input: JSON
    let expectation: Expectation

    private static let httpTypes = ["GET", "POST(FORM)", "POST(JSON)"]

    /// `isLarge` says whether a value of one megabyte goes out in the body.
    init(id: Int, to url: String, isLarge: Bool = false, _ random: inout SeededRandom) {
        let httpType = isLarge ? random.pick(["POST(FORM)", "POST(JSON)"]) : random.pick(Self.httpTypes)
        let omitsEmpty = random.chance(30)
        var maker = TemplateMaker(values: RandomValues(id: id, &random), random: random)

        let path = (0..<Int.random(in: 0...3, using: &maker.random)).map { _ in maker.template(.url) }
        let query = (0..<Int.random(in: 0...3, using: &maker.random)).map { ("q\($0)", maker.template(.url)) }
        let target =
            "/p" + path.map { "/\($0.written)" }.joined()
            + (query.isEmpty ? "" : "?" + query.map { "\($0)=\($1.written)" }.joined(separator: "&"))
        let headers = (0..<Int.random(in: 0...3, using: &maker.random)).map { number in
            var value = maker.template(.header)
            // The mask alone stands for a stored secret, and is refused.
            while value.written == "***" { value = maker.template(.header) }
            return ("X-\(number % 2 == 0 ? "Test" : "Api-Key")-\(number)", value)
        }
        var params = maker.members(nested: httpType == "POST(JSON)")
        if isLarge {
            maker.values.large = String(repeating: "é😀{payout}&=%\"\\\r\n", count: 4000)
            params.append(("large", .text(Part(written: "{params.large}", meaning: maker.values.large))))
        }
        params.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        random = maker.random

        input = [
            "deliveryId": .integer(id), "attempt": 1,
            "postback": [
                // The ids repeat, so that a warm process has some postbacks in its cache and must not confuse them.
                "id": .integer(id % 3 + 1), "url": .string(url + target), "httpType": .string(httpType),
                "requestParams": .object(params.map { JSON.Member($0.name, $0.value.written) }),
                "requestHeaders": .object(headers.map { JSON.Member($0.0, .string($0.1.written)) }),
                "omitEmptyParams": .bool(omitsEmpty),
            ],
            "event": ["id": 7, "sequence": 1, "status": "done"], "conversion": maker.values.conversion,
        ]

        if path.contains(where: { $0.meaning == "." || $0.meaning == ".." }) {
            expectation = .unsafeURL
            return
        }
        if headers.contains(where: { $0.1.meaning.hasControls }) {
            expectation = .unsafeHeader
            return
        }
        let pairs = params.flatMap { member in
            member.value.texts.filter { !omitsEmpty || !$0.isEmpty }.map { [member.name, $0] }
        }
        let json = ParamTree.object(params)
        expectation = .arrives(
            Arrival(
                method: httpType == "GET" ? "GET" : "POST", path: ["p"] + path.map(\.meaning),
                query: query.map { [$0.0, $0.1.meaning] } + (httpType == "GET" ? pairs : []),
                headers: headers.map { [$0.0, $0.1.meaning.trimmingSpaces] },
                form: httpType == "POST(FORM)" ? pairs : nil,
                json: httpType == "POST(JSON)" ? json.leaves([], omitsEmpty: omitsEmpty) : nil))
    }
}

/// A piece of a template, and the text that it becomes.
struct Part {
    var written: String
    var meaning: String

    static func + (one: Part, other: Part) -> Part {
        Part(written: one.written + other.written, meaning: one.meaning + other.meaning)
    }
}

/// Writes random templates for one delivery.
struct TemplateMaker {
    var values: RandomValues
    var random: SeededRandom

    enum Place { case url, header, param }

    mutating func template(_ place: Place) -> Part {
        (0..<Int.random(in: 0...3, using: &random)).reduce(Part(written: "", meaning: "")) { whole, _ in
            whole + (random.chance(35) ? literal(place) : macro(place))
        }
    }

    private mutating func literal(_ place: Place) -> Part {
        var text = RandomText.make(&random, pieces: 3, controlCharacters: place == .param)
        // What separates the parts of a URL is the template's own to write; a percent sign may begin an encoded byte.
        if place == .url { text = text.without(" \\#&=+?/;%") }
        return Part(written: text.bracesDoubled, meaning: text)
    }

    private mutating func macro(_ place: Place) -> Part {
        let candidates = values.macros.filter { place != .header || !$0.value.hasControls || random.chance(30) }
        let (name, value) = random.pick(candidates)
        switch Int.random(in: 0..<6, using: &random) {
        case 0...1:
            let fallback = RandomText.make(&random, pieces: 3, controlCharacters: place == .param).without("{}")
            return Part(written: "{\(name)|\(fallback)}", meaning: value.isEmpty ? fallback : value)
        case 2:
            let fallback = RandomText.make(&random, pieces: 2, controlCharacters: false).without("{}")
            let mapped = RandomText.make(&random, pieces: 2, controlCharacters: false).without("{},|")
            let key = value.withoutControls.without("{},|=")
            if key.isEmpty || name.contains("status") || name.contains(":") {
                return Part(written: "{\(name)}", meaning: value)
            }
            let isKey = value.utf8.elementsEqual(key.utf8)
            return Part(written: "{\(name):\(key)=\(mapped)|\(fallback)}", meaning: isKey ? mapped : fallback)
        default: return Part(written: "{\(name)}", meaning: value)
        }
    }

    mutating func members(nested: Bool, depth: Int = 0) -> [(name: String, value: ParamTree)] {
        var names: Set<String> = []
        var members: [(name: String, value: ParamTree)] = []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let name = RandomText.make(&random, pieces: 2, controlCharacters: false).without("{}")
            guard !name.isEmpty, names.insert(name.exact).inserted else { continue }
            members.append((name, value(nested: nested, depth: depth)))
        }
        return members
    }

    private mutating func value(nested: Bool, depth: Int) -> ParamTree {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return .other(random.pick([.number("12.30"), .number("-1e-7"), true, false, .null]))
        case 1 where nested:
            let (macro, json) = random.pick(values.typed)
            return .typed(macro, json)
        case 2 where nested && depth < 3: return .object(members(nested: nested, depth: depth + 1))
        case 3...4 where nested ? depth < 3 : depth == 0:
            return .list(
                (0..<Int.random(in: 0...3, using: &random)).map { _ in value(nested: nested, depth: depth + 1) })
        default: return .text(template(.param))
        }
    }
}

/// The value of a param, and the value that it becomes.
indirect enum ParamTree {
    case text(Part)
    /// A macro for a whole JSON number or boolean, and its value in the body.
    case typed(String, JSON)
    case other(JSON)
    case list([ParamTree])
    case object([(name: String, value: ParamTree)])

    var written: JSON {
        switch self {
        case .text(let part): .string(part.written)
        case .typed(let macro, _): .string(macro)
        case .other(let json): json
        case .list(let items): .array(items.map(\.written))
        case .object(let members): .object(members.map { JSON.Member($0.name, $0.value.written) })
        }
    }

    /// The texts in a query or form, one for each time that the name is sent.
    var texts: [String] {
        switch self {
        case .text(let part): [part.meaning]
        case .other(.number(let digits)): [digits]
        case .other(.bool(let value)): ["\(value)"]
        case .list(let items): items.flatMap(\.texts)
        default: [""]
        }
    }

    func leaves(_ path: [String], omitsEmpty: Bool) -> [PythonReceiver.Leaf] {
        func leaf(_ kind: String, _ text: String) -> [PythonReceiver.Leaf] { [PythonReceiver.Leaf(path, kind, text)] }
        switch self {
        case .text(let part): return leaf("string", part.meaning)
        case .typed(_, .number(let digits)), .other(.number(let digits)): return leaf("number", digits)
        case .typed(_, let json), .other(let json): return leaf("word", json.encodedText)
        case .list(let items):
            return leaf("list", "\(items.count)")
                + items.enumerated().flatMap { $1.leaves(path + ["\($0)"], omitsEmpty: omitsEmpty) }
        case .object(let members):
            let kept = members.filter { !omitsEmpty || !$0.value.isEmpty }
                .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            return leaf("object", "\(kept.count)")
                + kept.flatMap { $0.value.leaves(path + [$0.name], omitsEmpty: omitsEmpty) }
        }
    }

    private var isEmpty: Bool {
        switch self {
        case .text(let part): part.meaning.isEmpty
        case .typed(_, let json), .other(let json): json == .null
        case .list, .object: false
        }
    }
}

extension String {
    fileprivate var bracesDoubled: String {
        unicodeScalars.map { $0 == "{" || $0 == "}" ? "\($0)\($0)" : String($0) }.joined()
    }

    /// A receiver drops spaces around a header's value (RFC 9110 §5.5).
    fileprivate var trimmingSpaces: String {
        var scalars = Substring.UnicodeScalarView(unicodeScalars[...])
        while scalars.first == " " { scalars.removeFirst() }
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }
}
