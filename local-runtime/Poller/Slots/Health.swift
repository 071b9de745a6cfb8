/// The health of a destination. It decides how many requests it may have in flight, and how many slots all destinations
/// of this health may hold together.
enum Health {
    /// It has answered within the last second, or within the last 250 ms if one of its requests has waited for 250 ms.
    case answering
    /// It is new, has rested, or keeps requests waiting and answers none.
    case unknown
    /// Its last request got no answer, or it was blocked and has not answered since.
    case failing
}
