/// Finds many byte sequences in texts at once (Aho and Corasick, 1975). Time and memory are linear in the bytes of the
/// sequences and of the texts, however much they repeat themselves and one another.
package struct ByteMatcher: Sendable {
    /// The states of the automaton. Each stands for the beginning of a sequence that has been read, the first one for
    /// nothing read.
    private var nodes = [Node(byte: 0, depth: 0)]
    /// For each byte, the node of the sequences that begin with it; 0 if none does.
    private var beginnings = [Int32](repeating: 0, count: 256)

    private struct Node {
        /// The byte that leads to this node.
        let byte: UInt8
        /// The number of bytes that have been read.
        let depth: Int32
        /// The first of the nodes that one more byte leads to. `nextSibling` links them, and 0 ends the list.
        var firstChild: Int32 = 0
        var nextSibling: Int32 = 0
        /// The node of the longest end of what has been read that another sequence begins with.
        var fallback: Int32 = 0
        /// The length of the longest sequence that ends here; 0 for none.
        var found: Int32 = 0
    }

    /// - Parameters:
    ///   - patterns: Empty ones are ignored.
    ///   - textLimit: The longest text that is searched, in bytes. Of a longer pattern only so many bytes are kept: it
    ///     cannot occur as a whole, but a text may end with its beginning.
    package init(_ patterns: some Sequence<[UInt8]>, textLimit: Int = .max) {
        for pattern in patterns where !pattern.isEmpty {
            insert(pattern.prefix(textLimit), isWhole: pattern.count <= textLimit)
        }
        link()
    }

    package var isEmpty: Bool { nodes.count == 1 }

    /// Whether one of the patterns occurs in the text.
    package func occurs(in text: [UInt8]) -> Bool {
        var node: Int32 = 0
        return text.contains { byte in
            node = next(node, byte)
            return nodes[Int(node)].found > 0
        }
    }

    /// Returns the text with every occurrence of a pattern replaced. Occurrences that overlap are replaced together by
    /// one substitute. `shortest` is nil if the text is whole. If the text is cut, an end of at least this many bytes
    /// with which a pattern begins is replaced as well. `views` contains the same text, decoded in other ways; what an
    /// occurrence in a view was decoded from is replaced as well.
    func replacing(
        in text: [UInt8], with substitute: [UInt8], endsFrom shortest: Int? = nil,
        alsoIn views: some Sequence<DecodedText> = [DecodedText]()
    ) -> [UInt8] {
        var places = places(in: text, endsFrom: shortest)
        for view in views { places += self.places(in: view.bytes, endsFrom: shortest).map(view.place) }
        if places.isEmpty { return text }
        // The places are a few runs that are sorted already, which the sort merges.
        places.sort { $0.lowerBound < $1.lowerBound }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var kept = 0
        for place in places {
            if place.lowerBound >= kept {
                result += text[kept..<place.lowerBound]
                result += substitute
            }
            kept = max(kept, place.upperBound)
        }
        return result + text[kept...]
    }

    /// Returns where patterns occur, in order. Occurrences that overlap are merged.
    private func places(in text: [UInt8], endsFrom shortest: Int?) -> [Range<Int>] {
        if isEmpty { return [] }
        var places: [Range<Int>] = []
        func add(_ length: Int32, endingAt end: Int) {
            var start = end - Int(length)
            while let last = places.last, last.upperBound > start {
                start = min(start, last.lowerBound)
                places.removeLast()
            }
            places.append(start..<end)
        }
        var node: Int32 = 0
        for (index, byte) in text.enumerated() {
            node = next(node, byte)
            let found = nodes[Int(node)].found
            if found > 0 { add(found, endingAt: index + 1) }
        }
        let begun = nodes[Int(node)].depth
        if let shortest, begun >= max(shortest, 1) { add(begun, endingAt: text.count) }
        return places
    }

    private mutating func insert(_ pattern: ArraySlice<UInt8>, isWhole: Bool) {
        var node: Int32 = 0
        for byte in pattern {
            let known = child(of: node, byte)
            if known != 0 {
                node = known
                continue
            }
            var new = Node(byte: byte, depth: nodes[Int(node)].depth + 1)
            new.nextSibling = nodes[Int(node)].firstChild
            nodes.append(new)
            let place = Int32(nodes.count - 1)
            nodes[Int(node)].firstChild = place
            if node == 0 { beginnings[Int(byte)] = place }
            node = place
        }
        if isWhole { nodes[Int(node)].found = nodes[Int(node)].depth }
    }

    /// Sets the fallbacks level by level, since a node's fallback has fewer bytes than the node.
    private mutating func link() {
        var queue: [Int32] = [0]
        queue.reserveCapacity(nodes.count)
        var position = 0
        while position < queue.count {
            let parent = queue[position]
            position += 1
            var child = nodes[Int(parent)].firstChild
            while child != 0 {
                let fallback = parent == 0 ? 0 : next(nodes[Int(parent)].fallback, nodes[Int(child)].byte)
                nodes[Int(child)].fallback = fallback
                if nodes[Int(child)].found == 0 { nodes[Int(child)].found = nodes[Int(fallback)].found }
                queue.append(child)
                child = nodes[Int(child)].nextSibling
            }
        }
    }

    /// Returns the node that one more byte leads to.
    private func next(_ node: Int32, _ byte: UInt8) -> Int32 {
        var node = node
        while node != 0 {
            let child = child(of: node, byte)
            if child != 0 { return child }
            node = nodes[Int(node)].fallback
        }
        return beginnings[Int(byte)]
    }

    private func child(of node: Int32, _ byte: UInt8) -> Int32 {
        if node == 0 { return beginnings[Int(byte)] }
        var child = nodes[Int(node)].firstChild
        while child != 0, nodes[Int(child)].byte != byte { child = nodes[Int(child)].nextSibling }
        return child
    }
}
