import LuaHost
import Support

/// Names of PyTorch, NumPy and stock Lua, and what has that purpose here: the advice behind "there is no …".
///
/// Only names that nightjar does not have; a test looks every name of ours up in the declarations, and checks that the
/// foreign ones do not exist.
public struct ForeignName: Sendable {
  /// Where a name is looked for.
  public enum Place: Sendable, CaseIterable {
    /// A method or property of a tensor.
    case tensor
    /// A field of `nj`, or of one of its modules.
    case module
    /// A method of a network.
    case network
    /// A method of an optimizer or scheduler.
    case optimizer
    /// A global variable, as the libraries of stock Lua.
    case global
    /// What `require` is given.
    case required
    /// A key of a table of options.
    case option
  }

  /// One or several names with the same advice.
  public let names: [String]
  public let places: [Place]
  /// What to write instead.
  public let advice: String
  /// The names of ours that the advice has, as the reference writes them.
  public let ours: [String]

  init(_ names: String, _ places: Place..., advice: String, ours: String...) {
    self.names = names.split(separator: " ").map(String.init)
    self.places = places
    self.advice = advice
    self.ours = ours
  }

  /// The advice for a name; nil otherwise.
  public static func advice(for name: String, in place: Place) -> String? {
    byName[name]?.first { $0.places.contains(place) }?.advice
  }

  /// The advice for a name wherever it is looked for; nil otherwise.
  public static func advice(for name: String) -> String? { byName[name]?.first?.advice }

  private static let byName = Dictionary(
    grouping: all.flatMap { entry in entry.names.map { (name: $0, entry: entry) } }, by: \.name
  ).mapValues { $0.map(\.entry) }

  /// All of them.
  public static let all: [ForeignName] = tensors + functions + networks + libraries + python + options
}

extension ForeignName {
  private static let tensors = [
    ForeignName("mm bmm mv dot inner vdot", .tensor, .module, advice: "x:matmul(y)", ours: "tensor:matmul"),
    ForeignName(
      "tolist numpy", .tensor, advice: "x:totable(), or nj.save for a file", ours: "tensor:totable", "nj.save"
    ),
    ForeignName(
      "cpu cuda mps device is_cuda get_device pin_memory", .tensor, .network, .module,
      advice: "there is one device, the processor; leave it out"),
    ForeignName("T mT", .tensor, advice: "x:t(), or x:transpose(1, 2)", ours: "tensor:t", "tensor:transpose"),
    ForeignName("view_as reshape_as", .tensor, advice: "x:reshape(y.shape)", ours: "tensor:reshape"),
    ForeignName("ndim ndimension rank", .tensor, advice: "x:dim(), or #x.shape", ours: "tensor:dim"),
    ForeignName(
      "nelement len length", .tensor, advice: "#x for the first dimension, x:numel() for all elements",
      ours: "tensor:numel"),
    ForeignName(
      "float long int bool double half astype type type_as byte", .tensor,
      advice: "x:to(\"float32\"), \"int32\" or \"bool\"", ours: "tensor:to"),
    ForeignName("equal array_equal", .tensor, .module, advice: "x:allclose(y)", ours: "tensor:allclose"),
    ForeignName("not_equal", .tensor, .module, advice: "x:ne(y)", ours: "tensor:ne"),
    ForeignName("greater", .tensor, .module, advice: "x:gt(y)", ours: "tensor:gt"),
    ForeignName("greater_equal", .tensor, .module, advice: "x:ge(y)", ours: "tensor:ge"),
    ForeignName("less", .tensor, .module, advice: "x:lt(y)", ours: "tensor:lt"),
    ForeignName("less_equal", .tensor, .module, advice: "x:le(y)", ours: "tensor:le"),
    ForeignName("absolute", .tensor, .module, advice: "x:abs()", ours: "tensor:abs"),
    ForeignName("negative", .tensor, .module, advice: "-x"),
    ForeignName(
      "multiply true_divide divide subtract power", .tensor, .module, advice: "x * y, x / y, x - y, x ^ y"),
    ForeignName("data", .tensor, advice: "x:detach()", ours: "tensor:detach"),
    ForeignName("copy", .tensor, advice: "x:clone()", ours: "tensor:clone"),
    ForeignName(
      "clip clamp_min clamp_max", .tensor, .module, advice: "x:clamp(min, max)", ours: "tensor:clamp"),
    ForeignName(
      "det slogdet logdet", .tensor, .module,
      advice: "the product of x:eigh()'s values, for a symmetric matrix", ours: "tensor:eigh"),
    ForeignName(
      "inv pinverse pinv", .tensor, .module, advice: "x:inverse(), or x:solve(b)", ours: "tensor:inverse",
      "tensor:solve"),
    ForeignName("median", .tensor, .module, advice: "x:quantile(0.5, dim)", ours: "tensor:quantile"),
    ForeignName("argsort", .tensor, .module, advice: "the second result of x:sort(dim)", ours: "tensor:sort"),
    ForeignName(
      "kthvalue", .tensor, .module, advice: "x:sort(dim), or x:topk(k, dim)", ours: "tensor:sort",
      "tensor:topk"),
    ForeignName("amax", .tensor, .module, advice: "x:max(dim)", ours: "tensor:max"),
    ForeignName("amin", .tensor, .module, advice: "x:min(dim)", ours: "tensor:min"),
    ForeignName("swapaxes swapdims", .tensor, .module, advice: "x:transpose(a, b)", ours: "tensor:transpose"),
    ForeignName("movedim moveaxis", .tensor, .module, advice: "x:permute(…)", ours: "tensor:permute"),
    ForeignName("expand_dims", .tensor, .module, advice: "x:unsqueeze(dim)", ours: "tensor:unsqueeze"),
    ForeignName("expand_as broadcast_to", .tensor, advice: "x:expand(…)", ours: "tensor:expand"),
    ForeignName(
      "tile", .tensor, .module, advice: "nj.cat({ x, x }, dim), a copy for each time", ours: "nj.cat"),
    ForeignName(
      "values indices", .tensor,
      advice: "x:max(dim), x:sort(dim) and x:topk(k, dim) have two results: local values, indices = x:max(2)",
      ours: "tensor:max", "tensor:sort", "tensor:topk"),
    ForeignName("ravel", .tensor, .module, advice: "x:flatten()", ours: "tensor:flatten"),
    ForeignName(
      "take_along_dim take", .tensor, .module, advice: "x:gather(dim, index)", ours: "tensor:gather"),
    ForeignName(
      "masked_fill masked_fill_", .tensor, advice: "nj.where(mask, value, x), or x[mask] = value",
      ours: "nj.where"),
    ForeignName(
      "index_add index_add_ scatter_add_ scatter", .tensor, advice: "x:scatter_add(dim, index, src)",
      ours: "tensor:scatter_add"),
    ForeignName(
      "is_leaf grad_fn retain_grad", .tensor, advice: "nj.grad(loss, tensors) for gradients of any tensor",
      ours: "nj.grad"),
    ForeignName("where", .tensor, advice: "nj.where(mask, x, y)", ours: "nj.where"),
    ForeignName(
      "repeat_interleave", .tensor, .module, advice: "x:unsqueeze(2):expand(-1, n):flatten()",
      ours: "tensor:unsqueeze", "tensor:expand", "tensor:flatten"),
    ForeignName(
      "outer ger", .tensor, .module, advice: "x:unsqueeze(2) * y", ours: "tensor:unsqueeze"),
    ForeignName(
      "triu tril", .tensor, .module,
      advice: "i = nj.arange(1, n), and the mask i:unsqueeze(2):ge(i) of the lower triangle",
      ours: "nj.arange",
      "tensor:ge"),
    ForeignName(
      "bincount histc", .tensor, .module, advice: "nj.one_hot(labels, n):sum(1)", ours: "nj.one_hot"),
    ForeignName("detach_", .tensor, advice: "x = x:detach()", ours: "tensor:detach"),
    ForeignName("softmax_ log_softmax_", .tensor, advice: "x = x:softmax(dim)", ours: "tensor:softmax"),
  ]

  private static let functions = [
    ForeignName("manual_seed", .module, advice: "nj.seed(n)", ours: "nj.seed"),
    ForeignName("concat concatenate", .module, advice: "nj.cat(tensors, dim)", ours: "nj.cat"),
    ForeignName("vstack hstack", .module, advice: "nj.cat, or nj.stack", ours: "nj.cat", "nj.stack"),
    ForeignName(
      "array as_tensor from_numpy asarray Tensor FloatTensor LongTensor", .module,
      advice: "nj.tensor(values)", ours: "nj.tensor"),
    ForeignName("empty", .module, advice: "nj.zeros(…)", ours: "nj.zeros"),
    ForeignName(
      "zeros_like ones_like full_like", .module,
      advice: "nj.zeros(x.shape), nj.ones(x.shape), nj.full(x.shape, value)", ours: "nj.zeros", "nj.ones",
      "nj.full"),
    ForeignName(
      "rand_like randn_like", .module, advice: "nj.rand(x.shape), nj.randn(x.shape)", ours: "nj.rand",
      "nj.randn"),
    ForeignName(
      "range", .module, advice: "nj.arange(first, last), which includes the last", ours: "nj.arange"),
    ForeignName(
      "logspace", .module, advice: "(nj.linspace(first, last, count) * math.log(10)):exp()",
      ours: "nj.linspace"),
    ForeignName("normal", .module, advice: "nj.randn(…) * std + mean", ours: "nj.randn"),
    ForeignName(
      "autograd", .module,
      advice: "nj.grad(loss, tensors), loss:backward(), nj.func for gradients of your own", ours: "nj.grad",
      "tensor:backward", "nj.func"),
    ForeignName("functional", .module, advice: "methods of tensors, and nj.loss", ours: "nj.loss"),
    ForeignName(
      "linalg", .module, advice: "methods of tensors: x:svd(), x:qr(), x:eigh(), x:solve(b)",
      ours: "tensor:svd", "tensor:qr", "tensor:eigh", "tensor:solve"),
    ForeignName(
      "utils", .module,
      advice: "nj.data.words {}:batches { … } for data, nj.optim.clip_grad_norm for gradients",
      ours: "nj.data.words", "nj.optim.clip_grad_norm"),
    ForeignName(
      "cdist pairwise_distance pdist", .tensor, .module,
      advice: "(x:square():sum(2, true) + y:square():sum(2, true):t() - x:matmul(y:t()) * 2):clamp(0):sqrt()",
      ours: "tensor:square", "tensor:sum", "tensor:matmul", "tensor:clamp"),
    ForeignName(
      "cosine_similarity CosineSimilarity", .tensor, .module,
      advice: "x:normalize():matmul(y:normalize():t()), of all pairs of rows", ours: "tensor:normalize",
      "tensor:matmul"),
    ForeignName("stft Spectrogram", .module, advice: "nj.audio.spectrogram", ours: "nj.audio.spectrogram"),
    ForeignName(
      "MelSpectrogram melspectrogram", .module, advice: "nj.audio.mel_spectrogram",
      ours: "nj.audio.mel_spectrogram"),
    ForeignName(
      "surrogate spikegen", .module,
      advice:
        "nn.Leaky { surrogate = \"arctan\" }, nn.LIF, or x:spike(\"arctan\", scale) in a step of your own",
      ours: "nj.nn.Leaky", "nj.nn.LIF", "tensor:spike"),
    ForeignName("help", .module, advice: ":help NAME at the prompt, nightjar help NAME elsewhere"),
    ForeignName("Module", .module, advice: "nn.module { forward = … }", ours: "nj.nn.module"),
    ForeignName(
      "Parameter", .module, advice: "a tensor with x:requires_grad_() as a field of self",
      ours: "tensor:requires_grad_"),
    ForeignName(
      "RNN RNNCell LSTMCell GRUCell", .module,
      advice: "nn.LSTM, nn.GRU, or nn.recurrent for a step of your own", ours: "nj.nn.LSTM", "nj.nn.GRU",
      "nj.nn.recurrent"),
    ForeignName("Conv2d Conv3d", .module, advice: "nn.Conv1d, over time", ours: "nj.nn.Conv1d"),
    ForeignName("AdaptiveAvgPool1d", .module, advice: "nn.GlobalAvgPool1d()", ours: "nj.nn.GlobalAvgPool1d"),
    ForeignName("Identity ModuleList", .module, advice: "nn.Sequential { … }", ours: "nj.nn.Sequential"),
    ForeignName(
      "CrossEntropyLoss NLLLoss", .module, advice: "nj.loss.cross_entropy(scores, labels)",
      ours: "nj.loss.cross_entropy"),
    ForeignName("MSELoss", .module, advice: "nj.loss.mse(prediction, target)", ours: "nj.loss.mse"),
    ForeignName(
      "L1Loss SmoothL1Loss", .module, advice: "nj.loss.l1, nj.loss.smooth_l1", ours: "nj.loss.l1",
      "nj.loss.smooth_l1"),
    ForeignName(
      "BCELoss BCEWithLogitsLoss binary_cross_entropy", .module, advice: "nj.loss.bce_with_logits",
      ours: "nj.loss.bce_with_logits"),
    ForeignName(
      "MultiheadAttention TransformerEncoderLayer TransformerEncoder Transformer",
      .module, advice: "nn.module with nj.scaled_dot_product_attention(q, k, v) in its forward",
      ours: "nj.nn.module", "nj.scaled_dot_product_attention"),
    ForeignName("Softmax", .module, advice: "x:softmax(-1)", ours: "tensor:softmax"),
    ForeignName("LogSoftmax", .module, advice: "x:log_softmax(-1)", ours: "tensor:log_softmax"),
    ForeignName(
      "SiLU Softplus LeakyReLU", .module,
      advice: "nn.module { forward = function(self, x) return x:silu() end }", ours: "nj.nn.module",
      "tensor:silu"),
    ForeignName(
      "RMSprop Adagrad", .module, advice: "nj.optim.Adam, AdamW or SGD", ours: "nj.optim.Adam",
      "nj.optim.AdamW", "nj.optim.SGD"),
    ForeignName(
      "lr_scheduler CosineAnnealingLR", .module, advice: "nj.optim.CosineLR, StepLR, OneCycleLR",
      ours: "nj.optim.CosineLR", "nj.optim.StepLR", "nj.optim.OneCycleLR"),
    ForeignName(
      "DataLoader", .module, advice: "nj.data.words {}:batches { size = 128, shuffle = true }",
      ours: "nj.data.words", "words:batches"),
  ]

  private static let networks = [
    ForeignName(
      "state_dict", .network, .optimizer, advice: "m:state()", ours: "module:state", "optimizer:state"),
    ForeignName(
      "load_state_dict", .network, .optimizer, advice: "m:load_state(state)", ours: "module:load_state",
      "optimizer:load_state"),
    ForeignName(
      "named_children modules named_modules", .network, advice: "m:children()", ours: "module:children"),
    ForeignName(
      "to float double half", .network, advice: "there is one device and one type of weights; leave it out"),
    ForeignName(
      "requires_grad_ freeze", .network,
      advice: "for _, p in ipairs(m:parameters()) do p:requires_grad_(false) end", ours: "module:parameters",
      "tensor:requires_grad_"),
    ForeignName(
      "apply", .network, advice: "a loop over m:parameters() or m:children()", ours: "module:parameters",
      "module:children"),
    ForeignName(
      "param_groups get_last_lr", .optimizer, advice: "optimizer.lr, which can be set", ours: "optimizer.lr"),
  ]

  private static let libraries = [
    ForeignName(
      "io", .global, .required,
      advice:
        "nj.fs.read(path) and nj.fs.write(path, text), with --allow fs.read=DIR or fs.write=DIR; print for output",
      ours: "nj.fs.read", "nj.fs.write"),
    ForeignName(
      "os", .global, .required,
      advice: "nj.time() for seconds, nj.env(name) for a variable of the environment, nj.fs for files",
      ours: "nj.time", "nj.env", "nj.fs"),
    ForeignName(
      "debug", .global, .required, advice: "errors have a traceback; error(message) stops with one"),
    ForeignName(
      "package", .global, .required,
      advice: "require \"folder.module\" reads folder/module.lua beside the script"),
    ForeignName("dofile loadfile", .global, advice: "require \"folder.module\" runs folder/module.lua"),
    ForeignName("unpack", .global, advice: "table.unpack"),
    ForeignName("loadstring setfenv getfenv", .global, advice: "load(text, name, \"t\", environment)"),
    ForeignName(
      "torch np numpy nightjar", .global, advice: "write nj for it, after local nj = require \"nightjar\""),
    ForeignName("nj", .global, advice: "begin with: local nj = require \"nightjar\""),
    ForeignName("nn", .global, advice: "local nn = require(\"nightjar\").nn", ours: "nj.nn"),
    ForeignName(
      "F", .global, advice: "nj.loss.cross_entropy(scores, labels), or a method: x:relu(), x:softmax(-1)",
      ours: "nj.loss.cross_entropy", "tensor:relu", "tensor:softmax"),
    ForeignName("optim", .global, advice: "local optim = require(\"nightjar\").optim", ours: "nj.optim"),
    ForeignName(
      "snn snntorch norse sinabs", .global, .required,
      advice: "nj.nn.Leaky { beta = 0.9 } is snnTorch's; nj.nn.LIF, RadLIF and LeakyReadout are others",
      ours: "nj.nn.Leaky", "nj.nn.LIF", "nj.nn.RadLIF", "nj.nn.LeakyReadout"),
    ForeignName(
      "torch numpy nn optim paths", .required,
      advice: "require \"nightjar\" has tensors, nn, optim, loss, data, audio"),
    ForeignName(
      "nightjar.testing", .required, advice: "files named NAME_test.lua have it: nightjar plugins test"),
    ForeignName("cjson json dkjson", .required, advice: "nj.json", ours: "nj.json"),
    ForeignName("lfs", .required, advice: "nj.fs", ours: "nj.fs"),
  ]

  /// Names of Python and JavaScript, which are nil in Lua.
  private static let python = [
    ForeignName("self", .global, advice: "name it as the first parameter: function(self, …)"),
    ForeignName("len", .global, advice: "#x, or x:size(dim) of a tensor", ours: "tensor:size"),
    ForeignName("range", .global, advice: "for i = 1, n do … end"),
    ForeignName("enumerate zip", .global, advice: "for i, x in ipairs(list) do … end"),
    ForeignName("None null undefined", .global, advice: "nil"),
    ForeignName("True", .global, advice: "true"),
    ForeignName("False", .global, advice: "false"),
    ForeignName("str repr", .global, advice: "tostring(x)"),
    ForeignName(
      "int float", .global, advice: "tonumber(x), math.floor(x), or x:item() of a tensor", ours: "tensor:item"
    ),
    ForeignName("isinstance", .global, advice: "type(x) == \"table\""),
    ForeignName("list dict tuple set", .global, advice: "{ 1, 2 }, or { a = 1 }"),
    ForeignName("abs", .global, advice: "math.abs(x), or x:abs() of a tensor", ours: "tensor:abs"),
    ForeignName("max min", .global, advice: "math.max(a, b), or x:max() of a tensor", ours: "tensor:max"),
    ForeignName("sum", .global, advice: "a loop, or x:sum() of a tensor", ours: "tensor:sum"),
    ForeignName(
      "round", .global, advice: "math.floor(x + 0.5), or x:round() of a tensor", ours: "tensor:round"),
    ForeignName(
      "open", .global, advice: "nj.fs.read(path) and nj.fs.write(path, text)", ours: "nj.fs.read",
      "nj.fs.write"),
    ForeignName("help", .global, advice: ":help NAME at the prompt, nightjar help NAME elsewhere"),
  ]

  private static let options = [
    ForeignName("keepdims", .option, advice: "keepdim"),
    ForeignName("axis", .option, advice: "dim, from 1"),
    ForeignName("learning_rate", .option, advice: "lr"),
    ForeignName("end stop high", .option, advice: "last, which is included; PyTorch leaves its last one out"),
    ForeignName("batch_size", .option, advice: "size"),
    ForeignName(
      "requires_grad", .option, advice: "x:requires_grad_() after it is made", ours: "tensor:requires_grad_"),
    ForeignName("device", .option, advice: "there is one device, the processor; leave it out"),
    ForeignName(
      "num_workers pin_memory drop_last", .option,
      advice: "batches are decoded ahead by themselves; leave it out"),
  ]
}
