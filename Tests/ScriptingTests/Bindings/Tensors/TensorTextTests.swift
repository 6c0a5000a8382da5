import Testing

/// Tensors as text. What is expected was printed by the functions of PyTorch's `torch/_tensor_str.py` for the same
/// elements, with Lua's `true` and `false`; and, for shortened tensors, the size added.
@Suite struct TensorTextTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let script: String
    let text: String
    var testDescription: String { script }

    init(_ script: String, _ text: String) {
      self.script = script
      self.text = text
    }
  }

  static let asPyTorch = [
    Case("nj.tensor(2.5)", "tensor(2.5000)"),
    Case("nj.tensor(3)", "tensor(3.)"),
    Case("nj.tensor(1e-5)", "tensor(1.0000e-05)"),
    Case("nj.tensor { 1, -2e-5, 3e6 }", "tensor([ 1.0000e+00, -2.0000e-05,  3.0000e+06])"),
    Case("nj.tensor { 1, 2.5, -3 }", "tensor([ 1.0000,  2.5000, -3.0000])"),
    Case("nj.tensor { 1, 20, 300 }", "tensor([  1.,  20., 300.])"),
    Case("nj.tensor { 1, 1001 }", "tensor([1.0000e+00, 1.0010e+03])"),
    Case("nj.tensor { 1e8, 2e8 }", "tensor([1.0000e+08, 2.0000e+08])"),
    Case("nj.tensor { 0 / 0, 1, 1 / 0, -1 / 0 }", "tensor([nan, 1., inf, -inf])"),
    Case("nj.tensor { 0 / 0, 0.5, 1 / 0, -1 / 0 }", "tensor([   nan, 0.5000,    inf,   -inf])"),
    Case("nj.tensor { 0 / 0, 1 / 0 }", "tensor([nan, inf])"),
    Case("nj.tensor { 0, 1e-10, 1 / 0 }", "tensor([0.0000e+00, 1.0000e-10,        inf])"),
    Case(
      "nj.zeros { 2, 3 }",
      """
      tensor([[0., 0., 0.],
              [0., 0., 0.]])
      """),
    Case("nj.tensor { -0.0, 0 }", "tensor([-0., 0.])"),
    Case(
      "nj.tensor({ { 1, 2 }, { 3, -40 } }, { dtype = 'int32' })",
      """
      tensor([[  1,   2],
              [  3, -40]])
      """),
    Case(
      "nj.tensor { { true, false }, { false, true } }",
      """
      tensor([[ true, false],
              [false,  true]])
      """),
    Case(
      "nj.zeros { 1, 2, 1 }:gt(0)",
      """
      tensor([[[false],
               [false]]])
      """),
    Case(
      "nj.arange(1, 30) / 7",
      """
      tensor([0.1429, 0.2857, 0.4286, 0.5714, 0.7143, 0.8571, 1.0000, 1.1429, 1.2857,
              1.4286, 1.5714, 1.7143, 1.8571, 2.0000, 2.1429, 2.2857, 2.4286, 2.5714,
              2.7143, 2.8571, 3.0000, 3.1429, 3.2857, 3.4286, 3.5714, 3.7143, 3.8571,
              4.0000, 4.1429, 4.2857])
      """),
    Case(
      "nj.arange(1, 24):reshape(2, 3, 4)",
      """
      tensor([[[ 1.,  2.,  3.,  4.],
               [ 5.,  6.,  7.,  8.],
               [ 9., 10., 11., 12.]],

              [[13., 14., 15., 16.],
               [17., 18., 19., 20.],
               [21., 22., 23., 24.]]])
      """),
    Case(
      "nj.arange(0, 15, 1, { dtype = 'int32' }):reshape(2, 2, 2, 2)",
      """
      tensor([[[[ 0,  1],
                [ 2,  3]],

               [[ 4,  5],
                [ 6,  7]]],


              [[[ 8,  9],
                [10, 11]],

               [[12, 13],
                [14, 15]]]])
      """),
    Case("nj.linspace(0, 1, 5)", "tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])"),
    Case(
      "nj.arange(1, 1001)",
      """
      tensor([1.0000e+00, 2.0000e+00, 3.0000e+00,  ..., 9.9900e+02, 1.0000e+03,
              1.0010e+03], size=(1001,))
      """),
    Case(
      "nj.arange(1, 4000):reshape(40, 100)",
      """
      tensor([[1.0000e+00, 2.0000e+00, 3.0000e+00,  ..., 9.8000e+01, 9.9000e+01,
               1.0000e+02],
              [1.0100e+02, 1.0200e+02, 1.0300e+02,  ..., 1.9800e+02, 1.9900e+02,
               2.0000e+02],
              [2.0100e+02, 2.0200e+02, 2.0300e+02,  ..., 2.9800e+02, 2.9900e+02,
               3.0000e+02],
              ...,
              [3.7010e+03, 3.7020e+03, 3.7030e+03,  ..., 3.7980e+03, 3.7990e+03,
               3.8000e+03],
              [3.8010e+03, 3.8020e+03, 3.8030e+03,  ..., 3.8980e+03, 3.8990e+03,
               3.9000e+03],
              [3.9010e+03, 3.9020e+03, 3.9030e+03,  ..., 3.9980e+03, 3.9990e+03,
               4.0000e+03]], size=(40, 100))
      """),
    Case(
      "nj.arange(1, 1010, 1, { dtype = 'int32' }):reshape(2, 5, 101)",
      """
      tensor([[[   1,    2,    3,  ...,   99,  100,  101],
               [ 102,  103,  104,  ...,  200,  201,  202],
               [ 203,  204,  205,  ...,  301,  302,  303],
               [ 304,  305,  306,  ...,  402,  403,  404],
               [ 405,  406,  407,  ...,  503,  504,  505]],

              [[ 506,  507,  508,  ...,  604,  605,  606],
               [ 607,  608,  609,  ...,  705,  706,  707],
               [ 708,  709,  710,  ...,  806,  807,  808],
               [ 809,  810,  811,  ...,  907,  908,  909],
               [ 910,  911,  912,  ..., 1008, 1009, 1010]]], size=(2, 5, 101))
      """),
    Case(
      "nj.zeros { 5, 500 }:gt(0)",
      """
      tensor([[false, false, false,  ..., false, false, false],
              [false, false, false,  ..., false, false, false],
              [false, false, false,  ..., false, false, false],
              [false, false, false,  ..., false, false, false],
              [false, false, false,  ..., false, false, false]], size=(5, 500))
      """),
  ]

  @Test(arguments: asPyTorch) func isThatOfPyTorch(_ c: Case) throws {
    #expect(try text(of: c.script) == c.text)
  }

  /// What PyTorch does not have, or names otherwise.
  static let ours = [
    Case("nj.zeros { 0, 3 }", "tensor([], size=(0, 3))"),
    Case("nj.zeros { 0 }", "tensor([])"),
    Case("nj.zeros({ 0 }, { dtype = 'int32' })", "tensor([], dtype=int32)"),
    Case("nj.ones(2):requires_grad_()", "tensor([1., 1.], requires_grad=true)"),
    Case("nj.ones(2):requires_grad_():sum()", "tensor(2., grad_fn=<sum>)"),
    Case(
      "nj.zeros { 3, 3, 3, 3, 3, 3, 3, 3, 3 }", "tensor([...], size=(3, 3, 3, 3, 3, 3, 3, 3, 3))"),
  ]

  @Test(arguments: ours) func saysWhatDiffers(_ c: Case) throws { #expect(try text(of: c.script) == c.text) }

  @Test func aLargeTensorIsNotReadWhole() throws {
    let text = try #require(try self.text(of: "nj.zeros(20000, 1000)"))
    #expect(text.hasPrefix("tensor([[0., 0., 0.,  ..., 0., 0., 0.],"))
    #expect(text.split(separator: "\n").count == 7)
  }

  private func text(of expression: String) throws -> String? {
    try BindingsState().run("return tostring(\(expression))")[0].string
  }
}
