local nj = require "nightjar"

return nj.task {
  name = "keyword_fscil",
  summary = "Keyword few-shot class-incremental learning (NeuroBench, arXiv 2304.04640)",
  api = 1,
  options = nj.fscil.options,                    -- ways, shots, queries, sessions, prototypes_in_train_mode

  run = function(self, context)
    local options = self.options
    -- If the data set has too few samples, this fails before hours of training.
    nj.fscil.sessions {
      data = context.data,
      ways = options.ways, shots = options.shots, queries = options.queries, sessions = options.sessions,
    }
    return nj.fscil.run {
      model = context:pretrain(),                -- on the base words, by the recipe; cached
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
