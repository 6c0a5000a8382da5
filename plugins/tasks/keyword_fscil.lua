local nj = require "nightjar"

return nj.task {
  name = "keyword_fscil",
  summary = "Keyword few-shot class-incremental learning (NeuroBench, arXiv 2304.04640)",
  api = 1,
  options = {
    ways = { type = "integer", min = 1, help = "new words a session; left out: a language's words" },
    shots = { type = "integer", min = 1, help = "samples each new word is learned from; left out: 5" },
    queries = { type = "integer", min = 1, help = "samples each new word is tested on; left out: all there are" },
    sessions = { type = "integer", min = 1, help = "sessions at most" },
    prototypes_in_train_mode = {
      default = false, help = "NeuroBench's example: base prototypes by a network in training mode",
    },
  },

  run = function(self, context)
    local options = self.options
    -- Samples that the data set does not have are missed now, not after hours of training.
    nj.fscil.sessions {
      data = context.data,
      ways = options.ways, shots = options.shots, queries = options.queries, sessions = options.sessions,
    }
    return nj.fscil.run {
      model = context:pretrain(),                -- the base words, by the recipe; kept for the next run
      data = context.data,
      learners = context.learners,
      tests = context.tests,
      metrics = context.metrics,
      repeats = context.repeats,
      ways = options.ways, shots = options.shots, queries = options.queries, sessions = options.sessions,
      prototypes_in_train_mode = options.prototypes_in_train_mode,
    }
  end,
}
