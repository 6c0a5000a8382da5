-- Words are spotted in a stream of speech and noise, and more of them are added while it runs: after each session the
-- learner knows more words, and the next minutes of the stream hold those, words of the base, and words still unknown.
local nj = require "nightjar"
local clips = require "streaming.clips"
local detection = require "streaming.detection"
local stream = require "streaming.stream"

-- False alarms in an hour at which misses are counted: those that a stream of some hours can tell apart from none.
local function rates_of(hours)
  local rates = {}
  for _, rate in ipairs { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000 } do
    if rate * hours >= 1 then table.insert(rates, rate) end
  end
  return rates
end

return nj.task {
  name = "keyword_streaming",
  summary = "Words spotted in a stream, learned while it runs: misses against false alarms (Martin et al. 1997)",
  api = 1,
  options = {
    ways = nj.fscil.options.ways, shots = nj.fscil.options.shots, queries = nj.fscil.options.queries,
    sessions = nj.fscil.options.sessions,
    minutes = { default = 2, min = 1, max = 600, help = "of the stream after each session" },
    words = { default = 20, min = 1, max = 40, help = "in a minute" },
    targets = { default = 0.5, min = 0.05, max = 1, help = "the fraction of them that is to be spotted" },
    snr = { default = 10, min = -20, max = 100, help = "of words and noise, in dB" },
    hop = { default = 0.1, min = 0.01, max = 1, help = "seconds from a window to the next" },
    earliest = { default = 0.3, min = 0, max = 1, help = "seconds after a word's start from which it may be spotted" },
    latest = { default = 0.5, min = 0, max = 5, help = "seconds after a word's end until which it may be spotted" },
    rate = { default = 10, min = 0.01, help = "false alarms in an hour at which misses and latency are stated" },
  },

  run = function(self, context)
    local seed = nj.run.seed
    local options, data = self.options, context.data
    local function draw_sessions(number)
      return nj.fscil.sessions {
        data = data, number = number, ways = options.ways, shots = options.shots, queries = options.queries,
        sessions = options.sessions,
      }
    end
    local count = #draw_sessions(1)              -- fails before hours of training where words are missing
    local model = context:pretrain():eval()
    local train = nj.fscil.embed(model, { data = data, split = "train" })
    local evaluation = nj.fscil.embed(model, { data = data, split = "evaluation" })
    local base = clips.of_base(data)
    local hours = count * options.minutes / 60
    local rates = rates_of(hours)
    local metrics, curves, rows = {}, {}, {}
    local progress = nj.progress(context.repeats * count, "streams")
    for number = 1, context.repeats do
      nj.seed((number + (seed - 1) * 1000) & math.maxinteger)
      local sessions = draw_sessions(number)
      clips.of_sessions(sessions, evaluation.labels:totable())
      local learners, hits, alarms, by_session = {}, {}, {}, {}
      for position, choice in ipairs(context.learners) do
        learners[position] = context:learner(choice, model, number)
        learners[position]:start(train.features, train.labels)
        hits[position], alarms[position], by_session[position] = {}, {}, {}
      end
      local seen, is_target = nj.full({ 1, model.classes }, -math.huge), {}
      for _, class in ipairs(base.classes) do seen[{ 1, class }] = 0 end
      for step, session in ipairs(sessions) do
        local rows_of = nj.tensor(session.support, { dtype = "int32" })
        for _, class in ipairs(session.classes) do
          seen[{ 1, class }] = 0
          is_target[class] = true
        end
        local draw = clips.drawer(options.targets, base, sessions, step)
        local embeddings, events = stream.make(data, model, options, draw)
        local function ends(window) return 1 + (window - 1) * options.hop end
        for position, learner in ipairs(learners) do
          learner:learn(
            evaluation.features:index_select(1, rows_of), evaluation.labels:index_select(1, rows_of))
          local classes, margins = detection.margins(learner:scores(embeddings) + seen)
          local own, false_ones = detection.compare(classes, margins, events, is_target, ends, options)
          by_session[position][step] = { hits = own }
          for _, hit in ipairs(own) do table.insert(hits[position], hit) end
          for _, margin in ipairs(false_ones) do table.insert(alarms[position], margin) end
        end
        progress:advance()
      end
      for position, choice in ipairs(context.learners) do
        local label = choice.label
        if #hits[position] == 0 then error("the stream has no word to spot; make it longer, or targets larger", 0) end
        metrics[label] = metrics[label] or { miss_rate = {}, latency = {} }
        curves[label] = curves[label] or {}
        local by_rate = {}
        for index, rate in ipairs(rates) do
          local threshold = detection.threshold(alarms[position], math.floor(rate * hours))
          by_rate[index] = detection.misses(hits[position], threshold)
        end
        local threshold = detection.threshold(alarms[position], math.floor(options.rate * hours))
        table.insert(curves[label], by_rate)
        table.insert(metrics[label].miss_rate, detection.misses(hits[position], threshold))
        table.insert(metrics[label].latency, detection.latency(hits[position], threshold))
        for step, part in ipairs(by_session[position]) do
          if #part.hits > 0 then
            table.insert(rows, {
              learner = label, number = number, session = step, words = #part.hits,
              missed = detection.misses(part.hits, threshold),
            })
          end
        end
      end
    end
    progress:finish()
    local logarithms, bands = {}, {}
    for index, rate in ipairs(rates) do logarithms[index] = math.log(rate, 10) end
    for _, choice in ipairs(context.learners) do
      table.insert(bands, { name = choice.label, x = logarithms, runs = curves[choice.label] })
      if #metrics[choice.label].latency == 0 then
        metrics[choice.label].latency = nil      -- no word was spotted at that rate
      end
    end
    return {
      metrics = metrics, curves = curves, main = context.learners[1].label .. ".miss_rate",
      tables = { sessions = rows },
      figures = {
        det = nj.plot.bands {
          series = bands, x_ticks = { 0, 1, 2, 3 }, x_label = "false alarms in an hour, as powers of ten",
          y_label = "words missed", y_range = { 0, 1 }, title = "Detection error tradeoff",
          caption = ("%s; SNR %g dB, %g min after each of %d sessions"):format(
            data.source, options.snr, options.minutes, count),
        },
      },
    }
  end,
}
