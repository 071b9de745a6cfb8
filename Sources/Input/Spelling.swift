/// Finds the word that was probably meant.
package enum Spelling {
    /// The candidate nearest to `word` if it is similar enough: it differs only in case, `_` and `-`, or at most a
    /// third of its letters (and at most three) are added, missing, changed or swapped.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let wanted = folded(word)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let other = folded(candidate)
            let allowed = min(3, max(wanted.count, other.count) / 3)
            guard abs(wanted.count - other.count) <= allowed else { continue }
            let found = distance(wanted, other)
            if found <= allowed, found < best?.distance ?? .max { best = (candidate, found) }
        }
        return best?.candidate
    }

    /// The candidate nearest to `word`, or else the first one that is a prefix of `word` or has `word` as its prefix;
    /// both need at least three letters. It suits names whose abbreviations are clear, such as those of fields.
    package static func completed(_ word: String, among candidates: some Sequence<String>) -> String? {
        if let nearest = nearest(to: word, among: candidates) { return nearest }
        let wanted = folded(word)
        return candidates.first { candidate in
            let other = folded(candidate)
            return min(wanted.count, other.count) >= 3 && (other.starts(with: wanted) || wanted.starts(with: other))
        }
    }

    /// `; did you mean "…"?`, or an empty text.
    package static func hint(for word: String, among candidates: some Sequence<String>) -> String {
        nearest(to: word, among: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    /// The first 64 scalars in lower case, without `_` and `-`.
    static func folded(_ word: String) -> [UInt8] {
        String(word.unicodeScalars.prefix(64)).lowercased().utf8.filter {
            $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-")
        }
    }

    /// The restricted Damerau–Levenshtein distance (optimal string alignment).
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var older: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            for j in b.indices {
                var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, older[j - 1] + 1) }
                current.append(cost)
            }
            (older, previous) = (previous, current)
        }
        return previous[b.count]
    }
}
