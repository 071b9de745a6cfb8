/// What is wrong, and on the way out of the containers, where.
struct ParserFault: Error {
    enum Step {
        case member(String)
        case item(Int)
    }

    /// A sentence without its subject; says nothing of what the values are.
    let message: String
    /// The byte at which it is wrong; nil where all of it is.
    let position: Int?
    /// What would be right.
    let advice: String?
    /// Whether the members and items around it say nothing.
    let isOfTheWhole: Bool
    /// From the inside to the outside.
    private var steps: [Step] = []
    /// Where the value of the last step begins.
    private var start = 0

    init(_ message: String, at position: Int?, advice: String? = nil, isOfTheWhole: Bool = false) {
        self.message = message
        self.position = position
        self.advice = advice
        self.isOfTheWhole = isOfTheWhole
    }

    /// - Parameter start: where the member's value or the item begins.
    func inside(_ step: Step, from start: Int) -> ParserFault {
        var outer = self
        outer.steps.append(step)
        outer.start = start
        return outer
    }

    func malformedJSON(_ bytes: [UInt8]) -> MalformedJSON {
        var path = Path.root
        if !isOfTheWhole {
            for step in steps.reversed() {
                switch step {
                case .member(let name): path = path.member(name)
                case .item(let index): path = path.item(index)
                }
            }
        }
        return MalformedJSON(
            path: path, what: message, place: position.map { TextPlace(ofByte: $0, in: bytes) },
            placeInMember: position.map { TextPlace(ofByte: max(0, $0 - start), in: Array(bytes[start...])) },
            advice: advice)
    }
}
