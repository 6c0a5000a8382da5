import Testing
import TestSupport
@Test func reads() throws { let f = try GoldenFixture("mfcc"); #expect(try f.tensor("window").shape == [512]); try f.expectClose(try f.tensor("mfcc").values, "mfcc"); print(f.names, try f.atol("mfcc"), try f.parameters()["sample_rate"] as Any) }
