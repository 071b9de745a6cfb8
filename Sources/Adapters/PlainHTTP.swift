/// A request whose body is the input, and an answer whose body is the function's: Knative, Cloud Run, the Functions
/// Framework, and OpenFaaS's of-watchdog in its mode `http`.
package enum PlainHTTP {
    package static func input(of call: HTTPCall) -> [UInt8] { call.body }

    package static func answer(_ answer: FunctionAnswer) -> HTTPAnswer {
        HTTPAnswer(status: answer.httpStatus, object: answer.object)
    }
}
