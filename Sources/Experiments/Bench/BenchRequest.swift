import Datasets
import Networks

/// The options of `nightjar bench`.
public struct BenchRequest: Sendable {
  /// The task plugin's name.
  public var task = "keyword_fscil"
  /// The data set's folder; nil for the synthetic one of `size`.
  public var data: String?
  public var size = SynthesisOptions.Size.quick
  /// The content key that the data set must have; nil for any.
  public var dataKey: String?
  /// The sample rate that clips are read at, in Hz; nil for the data set's, or the most frequent one.
  public var rate: Int?
  /// Whether the loudest second of each clip is used, whatever the data set states.
  public var isAligned = false
  /// Whether it is tested on validation data instead, `WordDataset.validation()`.
  public var isValidation = false
  /// The model plugin; nil for the task's, or m5.
  public var model: String?
  /// A state file with the model's weights, which is not trained then, and what its names become.
  public var weights: (path: String, names: StateNames)?
  /// Learners by name or file, some with options: `ridge:lambda=10`; see `LearnerSetting`.
  public var learners = ["prototypical", "frozen"]
  public var recipe = "cross_entropy"
  /// The encoder plugin; nil for the one that the model was designed for, or mfcc.
  public var encoder: String?
  public var metrics: [String] = []
  public var tests: [String] = []
  /// `--set` pairs: `model.channels` → `64`.
  public var settings: [(key: String, value: String)] = []
  public var repeats = 20
  /// The seeds to train with, each with all repeats; empty for that of the host.
  public var seeds: [UInt64] = []
  /// The formats of figures besides text: png, svg, pdf.
  public var figures = ["png"]
  /// Whether the plugins are checked on made-up data first.
  public var isChecked = true
  /// Whether results of learners and repeats that are done are written before the run ends.
  public var savesPartialResults = true

  /// The default options.
  public init() {}
}
