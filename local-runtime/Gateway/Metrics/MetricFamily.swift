import Store
import Text

/// All series of one metric in the text format of Prometheus (version 0.0.4): a line with its help, one with its type,
/// and one line for each value.
struct MetricFamily {
    enum Kind: String {
        case counter, gauge, histogram
    }

    /// The name without the prefix `postbacks_`.
    let name: String
    let kind: Kind
    let help: String
    var lines: [String] = []

    init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = "postbacks_\(name)"
        self.kind = kind
        self.help = help
    }

    /// A metric whose name is the same in every program, such as those of the process.
    init(common name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    mutating func add(_ value: some BinaryInteger, _ labels: Labels = Labels()) {
        lines.append("\(name)\(labels.text) \(value)")
    }

    mutating func add(_ value: Double, _ labels: Labels = Labels()) {
        lines.append("\(name)\(labels.text) \(value)")
    }

    mutating func add(_ histogram: Histogram, _ labels: Labels) {
        var count = 0
        for (bound, amount) in zip(histogram.bounds, histogram.counts) {
            count += amount
            lines.append("\(name)_bucket\(labels.with("le", "\(bound)").text) \(count)")
        }
        count += histogram.counts[histogram.bounds.count]
        lines.append("\(name)_bucket\(labels.with("le", "+Inf").text) \(count)")
        lines.append("\(name)_sum\(labels.text) \(histogram.sum)")
        lines.append("\(name)_count\(labels.text) \(count)")
    }

    /// The text of the metric; empty if it has no value.
    var text: String {
        if lines.isEmpty { return "" }
        return (["# HELP \(name) \(help)", "# TYPE \(name) \(kind.rawValue)"] + lines).map { "\($0)\n" }.joined()
    }
}

/// The labels of one series, in the order in which they are shown.
struct Labels: Hashable, ExpressibleByDictionaryLiteral {
    private var pairs: [Pair] = []

    private struct Pair: Hashable {
        let name: String
        let value: String
    }

    init() {}

    init(dictionaryLiteral elements: (String, String)...) { pairs = elements.map { Pair(name: $0.0, value: $0.1) } }

    func with(_ name: String, _ value: String) -> Labels {
        var labels = self
        labels.pairs.append(Pair(name: name, value: value))
        return labels
    }

    /// The labels in the text format: empty, or `{name="value",…}`.
    var text: String {
        if pairs.isEmpty { return "" }
        return "{\(pairs.map { "\($0.name)=\"\(Labels.escaped($0.value))\"" }.joined(separator: ","))}"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
    }
}

extension Histogram {
    /// Bounds in seconds that suit requests and functions.
    static let boundsOfRequests = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20]
}
