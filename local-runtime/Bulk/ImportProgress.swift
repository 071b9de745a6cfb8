import System

/// The progress of an import: the number of rows for each result, and the progress bar.
package struct ImportProgress {
    /// The number of rows for each result, without those that an earlier run has done.
    private(set) var counts: [RowResult.Word: Int] = [:]
    /// The number of rows that an earlier run has done.
    private(set) var skipped = 0
    private let start = Instant.now
    private var lastDrawn: Instant = .distantPast

    mutating func count(_ word: RowResult.Word) { counts[word, default: 0] += 1 }
    mutating func skip() { skipped += 1 }

    var rows: Int { counts.values.reduce(0, +) }

    /// How many rows failed because of a bug.
    package var failed: Int { counts[.failed] ?? 0 }

    /// How many rows were refused.
    package var refused: Int { counts.filter { $0.key.isRefusal }.values.reduce(0, +) }

    /// A line for a terminal, at most five times a second; nil if the last one is recent enough.
    package mutating func bar(bytes: Int, of size: Int?) -> String? {
        let now = Instant.now
        guard now - lastDrawn > .milliseconds(200) else { return nil }
        lastDrawn = now
        let seconds = (now - start).seconds
        let rate = seconds > 0 ? Int(Double(rows) / seconds) : 0
        var text = "\(ImportProgress.rows(rows + skipped)), \(ImportProgress.grouped(rate))/s"
        if refused > 0 { text += ", \(ImportProgress.grouped(refused)) refused" }
        guard let size, size > 0 else { return text }
        let part = min(1, Double(bytes) / Double(size))
        // With the text after it, the bar fits into 80 columns.
        let length = 16
        let filled = Int(part * Double(length))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: length - filled)
        if part > 0.01, part < 1 {
            let left = Int(seconds / part * (1 - part))
            text += ", \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
        }
        return "\(bar) \(Int(part * 100)) %  \(text)"
    }

    /// The result of the import in one sentence.
    package var summary: String {
        let seconds = start.elapsed.seconds
        let rate = seconds > 0 ? Int(Double(rows) / seconds) : 0
        let tenths = Int(seconds * 10)
        let words = RowResult.Word.allCases.compactMap { word in
            counts[word].map { "\(ImportProgress.grouped($0)) \(word.rawValue)" }
        }
        let verb = skipped == 1 ? "was" : "were"
        let earlier = skipped > 0 ? "; \(ImportProgress.grouped(skipped)) \(verb) done before" : ""
        return "\(ImportProgress.rows(rows)) in \(tenths / 10).\(tenths % 10) s "
            + "(\(ImportProgress.grouped(rate)) a second)"
            + (words.isEmpty ? "" : ": " + words.joined(separator: ", ")) + earlier
    }

    private static func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(grouped(count)) rows" }

    /// The number with commas between thousands.
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
