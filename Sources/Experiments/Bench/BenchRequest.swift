import Datasets

/// What `nightjar bench` was asked for.
public struct BenchRequest: Sendable {
  /// A task plugin's name.
  public var task = "keyword_fscil"
  /// The data set's folder; nil for the synthetic one of `size`.
  public var data: String?
  public var size = SynthesisOptions.Size.quick
  public var model = "m5"
  public var learners = ["prototypical", "frozen"]
  public var recipe = "cross_entropy"
  /// Nil for the one that the model is made for, or mfcc.
  public var encoder: String?
  public var metrics: [String] = []
  public var tests: [String] = []
  /// `--set` pairs: `model.channels` → `64`.
  public var settings: [(key: String, value: String)] = []
  public var repeats = 20

  public init() {}
}
