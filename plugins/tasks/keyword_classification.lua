local nj = require "nightjar"

local static = { "Footprint", "ParameterCount", "ConnectionSparsity" }
local workload = { "ClassificationAccuracy", "ActivationSparsity", "SynapticOperations" }

-- How many test clips of each word are classified as each word: counts[word][prediction].
local function confusion(model, batches, classes)
  local counts = nj.zeros(classes, classes)
  for batch in batches do
    local predicted = nj.one_hot(model(batch.features):argmax(2), classes)
    counts = counts + nj.one_hot(batch.labels, classes):t():matmul(predicted)
  end
  return counts
end

return nj.task {
  name = "keyword_classification",
  summary = "Words of a closed set, those of the base, with NeuroBench's metrics (Warden 2018, arXiv 1804.03209)",
  api = 1,

  run = function(self, context)
    local data, model = context.data, context:pretrain()
    model:eval()
    local results = nj.benchmark {
      model = model,
      batches = data:batches { split = "test", size = 256 },
      static = static,
      workload = workload,
    }:run()
    local measured = {}
    for _, name in ipairs(static) do measured[name] = results[name] end
    for _, name in ipairs(workload) do measured[name] = results[name] end

    local words = data:classes()
    local counts = confusion(model, data:batches { split = "test", size = 256 }, #words)
    local rows = {}
    for label, word in ipairs(words) do
      local clips = counts[label]:sum():item()
      if clips > 0 then
        local accuracy = counts[{ label, label }] / clips
        table.insert(rows, { word = word.name, language = word.language, clips = clips, accuracy = accuracy })
      end
    end
    table.sort(rows, function(a, b) return a.accuracy < b.accuracy end)
    return {
      metrics = measured,
      failures = results.failures,
      tables = { words = rows },
      figures = {
        words = nj.plot.bars {
          rows = table.move(rows, 1, math.min(20, #rows), 1, {}), x = "word", y = "accuracy",
          title = "The words of the lowest accuracy", caption = data.source, y_range = { 0, 1 },
        },
      },
    }
  end,
}
