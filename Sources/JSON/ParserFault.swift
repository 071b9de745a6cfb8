/// What is wrong, and on the way out of the containers, where.
struct ParserFault: Error {
    enum Step {
        case member(String)
        case item(Int)
    }

    let message: String
    /// Whether the place says nothing.
    let isOfTheWhole: Bool
    /// From the inside to the outside.
    private var steps: [Step] = []

    init(message: String, isOfTheWhole: Bool) {
        self.message = message
        self.isOfTheWhole = isOfTheWhole
    }

    func inside(_ step: Step) -> ParserFault {
        var outer = self
        outer.steps.append(step)
        return outer
    }

    var malformedJSON: MalformedJSON {
        var place = Path.root
        if !isOfTheWhole {
            for step in steps.reversed() {
                switch step {
                case .member(let name): place = place.member(name)
                case .item(let index): place = place.item(index)
                }
            }
        }
        return MalformedJSON(path: place, message: message)
    }
}
