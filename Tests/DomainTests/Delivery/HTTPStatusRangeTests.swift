import Domain
import Input
import Testing

struct HTTPStatusRangeTests {
    @Test(arguments: [
        (#""2xx""#, 200...299), (#""5xx""#, 500...599), ("503", 503...503), (#""100""#, 100...100), ("599", 599...599),
    ])
    func `a class, or a number as it is or as text`(text: String, statuses: ClosedRange<Int>) throws {
        #expect(try read(.httpStatusRange, text).get().statuses == statuses)
    }

    @Test(arguments: [
        #""1xx""#, #""5XX""#, #""5xxx""#, "99", "600", "200.0", "2e2", "-200", #""+20""#, #""0200""#, "[]", "null",
        "true",
    ])
    func `nothing else`(text: String) {
        let found = faults(.httpStatusRange, text)
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix(
                #"value must be one of "2xx", "3xx", "4xx", "5xx", or a whole number from 100 to 599, not "#) == true)
    }
}
