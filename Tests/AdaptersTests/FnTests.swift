import Adapters
import Testing

struct FnTests {
    @Test func `FN_LISTENER names the socket`() throws {
        #expect(try Fn.socketPath(in: [:]) == nil)
        #expect(try Fn.socketPath(in: ["FN_LISTENER": "unix:/tmp/iofs/lsnr.sock"]) == "/tmp/iofs/lsnr.sock")
        for wrong in ["tcp:127.0.0.1:80", "/tmp/lsnr.sock", "unix:lsnr.sock", "unix:/tmp/"] {
            #expect(throws: UnusableCall.self) { try Fn.socketPath(in: ["FN_LISTENER": wrong]) }
        }
    }

    @Test(
        arguments: [
            (0, 200, nil), (65, 200, "400"), (66, 200, "422"), (67, 200, "422"), (70, 502, nil), (75, 502, nil),
            (78, 502, nil),
        ] as [(Int32, Int, String?)])
    func `its agent gets 200 or 502, and a final rejection is an answer`(
        exitStatus: Int32, status: Int, passedOn: String?
    ) {
        let answer = Fn.answer(FunctionAnswer(exitStatus: exitStatus, object: [UInt8]("{}")))
        #expect(answer.status == status)
        #expect(answer.headers.first { $0.name == "Fn-Http-Status" }?.value == passedOn)
    }

    @Test(arguments: [400, 405, 408, 413, 503])
    func `a request that is refused is a 502, since any other status would end the container`(status: Int) {
        #expect(Fn.refusal(HTTPAnswer(status: status, object: [])).status == 502)
    }
}
