package import Input
import JSON

extension Ornament<Timestamp> {
    /// A time by RFC 3339, or one in another form that can mean only one time.
    package static var time: Ornament {
        Ornament(
            schema: Rule<Timestamp>.timestamp.schema,
            "A time in RFC 3339, or in another form that has only one meaning."
        ) {
            json, path, warnings in
            let text: String
            switch json {
            case .string(let given), .number(let given): text = given
            default:
                warnings.append(FieldWarning(path, .leftOut, "must be a string, not \(json.kind); it is left out"))
                return nil
            }
            if json.text != nil, let time = Timestamp(parsing: text) { return time }
            switch LooseTime(text) {
            case .clear(let time, let interpretation):
                warnings.append(
                    FieldWarning(path, .adjusted, "was \(Ornament<String>.quoted(text)), \(interpretation): \(time)"))
                return time
            case .unclear(let reason):
                warnings.append(
                    FieldWarning(path, .leftOut, "was \(Ornament<String>.quoted(text)), \(reason); it is left out"))
                return nil
            }
        }
    }
}
