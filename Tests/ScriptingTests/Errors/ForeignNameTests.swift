import LuaHost
import Scripting
import Testing

/// Names of PyTorch, NumPy and stock Lua lead to ours.
@Suite struct ForeignNameTests {
  @Test(arguments: ForeignName.all.flatMap(\.ours)) func whatItAdvisesExists(_ name: String) {
    #expect(Reference.nightjar.names.contains(name), "\(name) is not in the reference")
  }

  @Test func noneExistsHere() {
    let names = Set(Reference.nightjar.names)
    let prefixes: [ForeignName.Place: [String]] = [
      .tensor: ["tensor:", "tensor."], .module: ["nj.", "nj.nn.", "nj.optim.", "nj.loss."],
      .network: ["module:", "module."],
      .optimizer: ["optimizer:", "optimizer.", "scheduler:"],
    ]
    for entry in ForeignName.all {
      for place in entry.places {
        for prefix in prefixes[place] ?? [] {
          for name in entry.names {
            #expect(!names.contains(prefix + name), "\(prefix)\(name) exists: it needs no advice")
          }
        }
      }
    }
  }

  @Test func noneIsListedTwice() {
    for place in ForeignName.Place.allCases {
      let names = ForeignName.all.filter { $0.places.contains(place) }.flatMap(\.names)
      for name in Set(names) { #expect(names.count { $0 == name } == 1, "\(name), \(place)") }
    }
  }

  static let scripts: [(script: String, says: String)] = [
    ("nj.zeros(2, 2):mm(nj.zeros(2, 2))", "tensor has no 'mm'. Hint: x:matmul(y)"),
    ("nj.zeros(2):tolist()", "x:totable()"),
    ("nj.zeros(2):cuda()", "there is one device"),
    ("return nj.zeros(2, 2).T", "x:t()"),
    ("nj.manual_seed(1)", "nj.seed(n)"),
    ("nj.nn.Conv2d(1, 2, 3)", "nn.Conv1d"),
    ("nj.nn.ReLU():state_dict()", "m:state()"),
    ("return io.open('a')", "global 'io'"),
    ("return io.open('a')", "nj.fs.read"),
    ("return os.time()", "nj.time()"),
    ("return torch.zeros(2)", "local nj = require"),
    ("nj.zeros(2):sum { axis = 1 }", "write dim, from 1"),
    ("nj.zeros(2):sum { dim = 1, keepdims = true }", "write keepdim"),
    ("nj.optim.Adam({}, { learning_rate = 1 })", "write lr"),
    // A key that does not exist here is not advised.
    ("nj.zeros(2):mean { batch_size = 1 }", "it takes dim, keepdim"),
  ]

  @Test(arguments: scripts.indices) func scriptsAreTold(_ index: Int) {
    let c = Self.scripts[index]
    #expect {
      try BindingsState().run(c.script)
    } throws: {
      "\($0)".contains(c.says)
    }
  }
}
