/// How a destination stands: it decides how many requests it may have in flight, and how many slots all such destinations may
/// hold together.
enum Health {
    /// It has answered within the last second and, while a request waits for longer than 250 ms, within these.
    case answering
    /// Nobody knows yet, or any more: it is new, has rested, or keeps requests waiting and answers none.
    case unknown
    /// Its last request got no answer, or the breaker has let it go and it has not answered since.
    case failing
}
