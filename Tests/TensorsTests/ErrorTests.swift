import Tensors
import Testing

/// A mistake and the text of its error; dimensions, indices and labels in it count from 0.
struct ErrorCase: Sendable, CustomTestStringConvertible {
  let text: String
  let run: @Sendable (Device) throws -> Void
  var testDescription: String { text }

  init(_ text: String, _ run: @escaping @Sendable (Device) throws -> Void) {
    self.text = text
    self.run = run
  }
}

@Suite struct ErrorTests {
  static func zeros(_ shape: Int..., on device: Device) throws -> Tensor { try .zeros(shape, on: device) }

  static let cases = [
    ErrorCase(
      "matmul: cannot combine [8, 40] with [64, 10]. Hint: make the inner lengths equal, or transpose one"
    ) {
      _ = try MatrixProduct()(zeros(8, 40, on: $0), zeros(64, 10, on: $0))
    },
    ErrorCase(
      "matmul: cannot combine [] with [2]. Hint: both need at least one dimension; multiply by a number element by element"
    ) {
      _ = try MatrixProduct()(zeros(on: $0), zeros(2, on: $0))
    },
    ErrorCase(
      "add: cannot combine [2, 3] with [4]. Hint: lengths must be equal or 1, counted from the last dimension"
    ) {
      _ = try zeros(2, 3, on: $0).adding(zeros(4, on: $0))
    },
    ErrorCase("reshape: [2, 3] has 6 elements, [4, 2] would have another number") {
      _ = try zeros(2, 3, on: $0).reshaped([4, 2])
    },
    ErrorCase("reshape: [2, 3] has 6 elements, [-1, 4] would have another number") {
      _ = try zeros(2, 3, on: $0).reshaped([-1, 4])
    },
    ErrorCase("sum: dimension 2 is out of range for the shape [2, 3] of rank 2") {
      _ = try Reduction(.sum, over: [2])(zeros(2, 3, on: $0))
    },
    ErrorCase("sum: a dimension is repeated") {
      _ = try Reduction(.sum, over: [1, -1])(zeros(2, 3, on: $0))
    },
    ErrorCase("select: index 3 is outside 0..<3") { _ = try zeros(2, 3, on: $0).select(1, 3) },
    ErrorCase("slice: index 4 is outside 0..<3") { _ = try zeros(3, on: $0).narrow(0, from: 0, count: 5) },
    ErrorCase("gather: index 7 is outside 0..<3") {
      _ = try Gather(0)(zeros(3, on: $0), integers([7], on: $0))
    },
    ErrorCase("index_select: index 3 is outside 0..<3") {
      _ = try IndexSelect(0)(zeros(3, on: $0), integers([3], on: $0))
    },
    ErrorCase("exp: expected float32, got int32. Hint: convert the tensor to float32") {
      _ = try Elementwise(Exponential())(integers([1], on: $0))
    },
    ErrorCase(
      "linear: cannot combine [2, 3] with [4, 5]. Hint: the input's last length must be the weight's second (out, in)"
    ) {
      _ = try Linear()(zeros(2, 3, on: $0), zeros(4, 5, on: $0))
    },
    ErrorCase("linear (bias): got [1], expected [4]") {
      _ = try Linear()(zeros(2, 3, on: $0), zeros(4, 3, on: $0), zeros(1, on: $0))
    },
    ErrorCase("conv1d: got [2, 9, 3], expected (batch, time, 4 channels)") {
      _ = try Conv1d()(zeros(2, 9, 3, on: $0), zeros(5, 4, 3, on: $0))
    },
    ErrorCase(
      "conv1d: got [2, 2, 4], expected at least 5 time steps for kernel 3 with dilation 2. "
        + "Hint: a smaller kernel, fewer poolings before it, or padding"
    ) { _ = try Conv1d(dilation: 2)(zeros(2, 2, 4, on: $0), zeros(5, 4, 3, on: $0)) },
    ErrorCase("conv1d (bias): got [4], expected [5]") {
      _ = try Conv1d()(zeros(2, 9, 4, on: $0), zeros(5, 4, 3, on: $0), zeros(4, on: $0))
    },
    ErrorCase("conv1d (weight): expected float32, got bool. Hint: convert the tensor to float32") {
      _ = try Conv1d()(zeros(2, 9, 4, on: $0), Tensor.zeros([5, 4, 3], dtype: .bool, on: $0))
    },
    ErrorCase(
      "max_pool1d: got [1, 1, 4], expected (batch, time of at least 2, channels). Hint: fewer poolings, or a longer input"
    ) {
      _ = try MaxPool1d(.init(kernel: 2))(zeros(1, 1, 4, on: $0))
    },
    ErrorCase(
      "max_pool1d: got [1, 0, 4], expected (batch, time of at least 1, channels). Hint: fewer poolings, or a longer input"
    ) {
      _ = try MaxPool1d(.init(kernel: 2, padding: 1))(zeros(1, 0, 4, on: $0))
    },
    ErrorCase("batch_norm: got [1, 4], expected more than one value per channel in training") {
      _ = try BatchNormTraining()(zeros(1, 4, on: $0), zeros(4, on: $0), zeros(4, on: $0))
    },
    ErrorCase("cross_entropy: label 5 of sample 1 is outside the 5 classes of the logits") {
      _ = try CrossEntropy()(zeros(2, 5, on: $0), integers([0, 5], on: $0))
    },
    ErrorCase("cross_entropy: label -2147483648 of sample 0 is outside the 5 classes of the logits") {
      _ = try CrossEntropy()(zeros(1, 5, on: $0), integers([.min], on: $0))
    },
    ErrorCase("cross_entropy: label 2147483647 of sample 0 is outside the 5 classes of the logits") {
      _ = try CrossEntropy()(zeros(1, 5, on: $0), integers([.max], on: $0))
    },
    ErrorCase("permute: [0, 0] is not a permutation of 2 dimensions") {
      _ = try Permute([0, -2])(zeros(2, 3, on: $0))
    },
    ErrorCase("einsum: \"ij\": operand 0 has 2 labels for the shape [3]") {
      _ = try Tensor.einsum("ij", [zeros(3, on: $0)])
    },
    ErrorCase("add_: an expanded tensor [2, 3] cannot be written. Hint: copy it first") {
      try zeros(1, 3, on: $0).expanded(to: [2, 3]).update("add_") { $0 }
    },
    ErrorCase("inverse: the matrix [2, 2] is singular: the pivot of row 0 is 0") {
      _ = try zeros(2, 2, on: $0).inverse()
    },
    ErrorCase("nll: expected float32, got bool. Hint: convert the tensor to float32") {
      _ = try CrossEntropy(fromLogProbabilities: true)(
        Tensor.zeros([1, 5], dtype: .bool, on: $0), integers([0], on: $0))
    },
    ErrorCase("cat: cannot combine [2, 3] with [3, 3]. Hint: all lengths but the joined one must be equal") {
      _ = try Concatenation(1)(zeros(2, 3, on: $0), zeros(3, 3, on: $0))
    },
    ErrorCase("cat: the list of tensors is empty") { _ in _ = try Concatenation(0).apply([]) },
    ErrorCase("topk: requested 4 of the 3 elements of [2, 3]") { _ = try zeros(2, 3, on: $0).topk(4, 1) },
    ErrorCase("randint: the range 5..<5 is empty or exceeds int32") {
      var random = RandomStream(seed: 1, purpose: "x")
      _ = try Tensor.randint(5, 5, [1], from: &random, on: $0)
    },
    ErrorCase("item: got [2], expected one element") { _ = try zeros(2, on: $0).item() },
    ErrorCase("expand: cannot combine [3] with [-2, 3]. Hint: only dimensions of length 1 can be expanded") {
      _ = try zeros(3, on: $0).expanded(to: [-2, 3])
    },
    ErrorCase("full: got [0, 16777217], expected at most 2^24 rows without elements") {
      _ = try Tensor.full([0, 1 << 24 | 1], 0, on: $0)
    },
    ErrorCase("slice: got [16777217, 0], expected at most 2^24 rows without elements") {
      _ = try zeros(1, 1, on: $0).expanded(to: [1 << 24 | 1, 1]).narrow(1, from: 0, count: 0)
    },
    ErrorCase("reshape: got [0, 1073741824], expected at most 2^24 rows without elements") {
      _ = try zeros(0, on: $0).reshaped([0, 1 << 30])
    },
    ErrorCase("full: got [0, 4611686018427387904, 4], expected fewer than 2^40 elements") {
      _ = try Tensor.full([0, 1 << 62, 4], 0, on: $0)
    },
    ErrorCase(
      "conv1d: stride and groups are 1 or more, dilation 1 to 16777216, padding 0 to 16777216"
    ) {
      _ = try Conv1d(padding: .max)(zeros(1, 9, 1, on: $0), zeros(1, 1, 3, on: $0))
    },
    ErrorCase(
      "max_pool1d: kernel is 1 to 16777216, stride 1 or more, padding at most half the kernel"
    ) {
      _ = try MaxPool1d(PoolingWindows(kernel: .max, padding: 1 << 62))(zeros(1, 9, 1, on: $0))
    },
    ErrorCase("zeros: got [-1], expected lengths of 0 or more") { _ = try zeros(-1, on: $0) },
  ]

  @Test(arguments: cases) func saysWhatFailed(_ mistake: ErrorCase) {
    do {
      try mistake.run(device())
      Issue.record("nothing was thrown")
    } catch { #expect("\(error)" == mistake.text) }
  }
}
