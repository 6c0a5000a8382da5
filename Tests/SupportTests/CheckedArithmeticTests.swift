import Support
import Testing

@Suite struct CheckedArithmeticTests {
  @Test(arguments: [
    (1, 2, 3 as Int?, 2 as Int?), (.max, 1, nil, .max), (.max, .max, nil, nil), (.min, -1, nil, nil),
    (.max, 0, .max, 0),
  ]) func overflowIsNil(_ a: Int, _ b: Int, _ sum: Int?, _ product: Int?) {
    #expect(a.plus(b) == sum && a.times(b) == product)
    #expect([a, b].sum == sum && [a, b].product == product)
  }
}
