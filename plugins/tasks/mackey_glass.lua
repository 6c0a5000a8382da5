-- A model learns to predict the next value from the first ten Lyapunov times of a series, and then goes on by itself
-- for ten more, each prediction being its next input.
local nj = require "nightjar"
local forecast = require "forecasting.forecast"
local mackey_glass = require "forecasting.mackey_glass"
local published = require "forecasting.published"

return nj.task {
  name = "mackey_glass",
  summary = "Forecasts of the chaotic Mackey-Glass series, with NeuroBench's metrics (arXiv 2304.04640)",
  api = 1,
  generates_data = true,
  model = "esn",
  options = {
    taus = { default = { 17 }, help = "delays of the series, 17 to 30; NeuroBench publishes figures for 17" },
    train = { default = 10, min = 1, help = "Lyapunov times to learn from" },
    test = { default = 10, min = 1, help = "Lyapunov times to forecast" },
    warm_up = { default = 45, min = 0, help = "points before the ones that a readout is fitted to" },
    offset = { default = 0.5, min = 0, help = "Lyapunov times by which each repeat begins later" },
    interval = { type = "number", min = 0.001, help = "time between points; by default that of NeuroBench's files" },
  },

  run = function(self, context)
    local seed = nj.run.seed
    local options, points = self.options, mackey_glass.points
    local train, test = options.train * points, options.test * points
    local metrics, rows, errors, first = {}, {}, {}, nil
    local progress = nj.progress(#options.taus * context.repeats, "forecasts")
    for _, tau in ipairs(options.taus) do
      local scores = {}
      for number = 1, context.repeats do
        nj.seed((number + (seed - 1) * 1000) & math.maxinteger)
        local skip = (number - 1) * options.offset * points
        local values = mackey_glass.series(tau, train + test + 1, skip, options.interval):unsqueeze(2)
        local net = context:build { time = train, defaults = { tau = tau, window = 50 } }
        local _, can_forecast = pcall(function() return net.fit and net.start and net.step end)
        if type(can_forecast) ~= "function" then
          error("the model '" .. context.model.name .. "' forecasts no series: it needs fit, start and step", 0)
        end
        if not context.has_weights then
          net:train()
          net.fit(values[{ { 1, train } }], values[{ { 2, train + 1 } }], options.warm_up)
        end
        net:eval()
        local results, predicted, actual = forecast(net, values, train)
        local operations = results.SynapticOperations
        local measured = {
          SMAPE = results.SMAPE, ActivationSparsity = results.ActivationSparsity,
          Footprint = results.Footprint, ConnectionSparsity = results.ConnectionSparsity,
          Dense = operations.Dense / test, Effective_MACs = operations.Effective_MACs / test,
          Effective_ACs = operations.Effective_ACs / test,
        }
        for name, value in pairs(measured) do
          metrics[name] = metrics[name] or {}
          table.insert(metrics[name], value)
        end
        table.insert(scores, measured.SMAPE)
        table.insert(errors, ((predicted - actual):abs() / (predicted:abs() + actual:abs()) * 200):totable())
        first = first or { tau = tau, predicted = predicted:totable(), actual = actual:totable() }
        progress:advance()
      end
      local sum = 0
      for _, score in ipairs(scores) do sum = sum + score end
      table.insert(rows, { tau = tau, SMAPE = sum / #scores, repeats = #scores })
    end
    progress:finish()
    local times = {}
    for point = 1, test do times[point] = point / points end
    return {
      metrics = metrics, main = "SMAPE",
      curves = { error = errors },
      tables = { series = rows, published = published },
      figures = {
        forecast = nj.plot.lines {
          series = {
            { name = "series", x = times, y = first.actual }, { name = "forecast", x = times, y = first.predicted },
          },
          x_label = "Lyapunov times", y_label = "y", title = "The first forecast, delay " .. first.tau,
          caption = "Mackey-Glass, " .. context.model.name,
        },
        error = nj.plot.bands {
          runs = errors, x = times, x_label = "Lyapunov times", y_label = "sMAPE of a point", y_range = { 0, 200 },
          title = "How a forecast departs from the series",
          caption = "mean, 5th to 95th percentile over " .. #errors .. " forecasts",
        },
      },
    }
  end,
}
